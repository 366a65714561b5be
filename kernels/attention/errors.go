package attention

import "errors"

// What can go wrong. Errors of this package wrap one of these, or one of package safetensors, and state the value.
var (
	ErrModelNotFound = errors.New("no model found")              // nowhere; see [NotFoundError]
	ErrModel         = errors.New("not a model that can be run") // configuration or tensors
	ErrVocabulary    = errors.New("bad vocabulary")              // vocab.txt
	ErrEmptyText     = errors.New("the text has no tokens")      // empty, or white space and control characters only
	ErrUTF8          = errors.New("the text is not valid UTF-8") //
	ErrDownload      = errors.New("the download failed")         //
	ErrChecksum      = errors.New("the checksum does not agree") // of a download
)
