package attention

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// revision pins the version of the model on the hub that the checksums below belong to.
const revision = "c9745ed1d9f207416be6d2e6f8de32d1f16199bf"

// hubFile is a file of the model on the hub.
type hubFile struct {
	name   string
	size   int64
	sha256 string
}

// miniLMHub lists what is downloaded; the weights come last, so that a folder that has them is complete.
var miniLMHub = []hubFile{
	{"config.json", 612, "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"},
	{"tokenizer_config.json", 350, "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b"},
	{"vocab.txt", 231508, "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"},
	{weightsFile, 90868376, "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"},
}

// weightsHash is the hash of all-MiniLM-L6-v2's weights, wherever they come from.
var weightsHash = miniLMHub[len(miniLMHub)-1].sha256

// hub downloads a model.
type hub struct {
	endpoint string
	files    []hubFile
	client   *http.Client
	stall    time.Duration // without a byte for so long a connection counts as dead
	pause    time.Duration // before the first retry; doubles
	tries    int           // attempts in a row that bring nothing new
	progress io.Writer
}

func newHub(progress io.Writer) *hub {
	endpoint := strings.TrimRight(os.Getenv("HF_ENDPOINT"), "/")
	if endpoint == "" {
		endpoint = "https://huggingface.co"
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DialContext = (&net.Dialer{Timeout: 10 * time.Second}).DialContext
	return &hub{endpoint: endpoint, files: miniLMHub, client: &http.Client{Transport: transport},
		stall: time.Minute, pause: time.Second, tries: 4, progress: progress}
}

// fetch downloads the files that folder does not have. Each appears there when it is complete and its checksum agrees, not before; what is cut
// off is taken up again where it ended, by this call or by a later one.
func (h *hub) fetch(ctx context.Context, folder string) (err error) {
	defer h.client.CloseIdleConnections()
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("%w: %w", ErrDownload, err)
	}
	b := &bar{w: h.progress, name: modelShort}
	var missing []hubFile
	for _, f := range h.files {
		if sum, err := fileHash(filepath.Join(folder, f.name)); err == nil && sum == f.sha256 {
			continue
		}
		missing = append(missing, f)
		b.total += f.size
	}
	fmt.Fprintf(h.progress, "%s is not on this machine: downloading %s from %s to %s\n", modelShort, megabytes(b.total), h.endpoint, folder)
	defer func() { b.end(err == nil) }()
	for _, f := range missing {
		if err := h.file(ctx, folder, f, b); err != nil {
			return fmt.Errorf("%w: %w", ErrDownload, err)
		}
	}
	return nil
}

// file downloads one file.
func (h *hub) file(ctx context.Context, folder string, f hubFile, b *bar) error {
	final := filepath.Join(folder, f.name)
	part, err := claim(final, 2*h.stall)
	if err != nil {
		return err
	}
	resumed := part.size > 0
	for {
		if err := h.fill(ctx, part, f, b); err != nil {
			return errors.Join(err, part.keep(final+".part"))
		}
		sum, err := fileHash(part.Name())
		switch {
		case err != nil:
			return errors.Join(err, part.keep(final+".part"))
		case sum == f.sha256:
			return part.keep(final)
		case resumed: // the beginning may be of another file: once more from the start
			resumed = false
			if err := part.restart(b); err != nil {
				return errors.Join(err, part.drop())
			}
		default:
			err := fmt.Errorf("%w: %s: expected SHA-256 %s, got %s", ErrChecksum, h.url(f), f.sha256, sum)
			return errors.Join(err, part.drop())
		}
	}
}

func (h *hub) url(f hubFile) string {
	return h.endpoint + "/" + modelName + "/resolve/" + revision + "/" + f.name
}

// fill completes part, with retries while the connection is cut.
func (h *hub) fill(ctx context.Context, part *partFile, f hubFile, b *bar) error {
	b.add(part.size)
	pause, tries := h.pause, 0
	furthest := part.size
	for part.size < f.size {
		again, err := h.get(ctx, part, f, b)
		if err == nil {
			continue
		}
		if part.size > furthest { // anything new gives it another chance, starting over does not
			furthest, pause, tries = part.size, h.pause, 0
		}
		tries++
		if err := ended(ctx); err != nil {
			return fmt.Errorf("%s: stopped after %d of %d bytes: %w", h.url(f), part.size, f.size, err)
		}
		if !again || tries >= h.tries {
			return fmt.Errorf("%s: after %d of %d bytes: %w", h.url(f), part.size, f.size, err)
		}
		select {
		case <-time.After(pause):
			pause *= 2
		case <-ctx.Done():
		}
	}
	return nil
}

var errStalled = errors.New("the connection stalled")

// get asks for what is missing once. again says whether another try may help.
func (h *hub) get(ctx context.Context, part *partFile, f hubFile, b *bar) (again bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := time.AfterFunc(h.stall, func() { cancel(errStalled) })
	defer watch.Stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, h.url(f), nil)
	if err != nil {
		return false, err
	}
	req.Header.Set("Accept-Encoding", "identity") // sizes and checksums are those of the file
	if part.size > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", part.size))
	}
	resp, err := h.client.Do(req)
	if err != nil {
		var dial *net.OpError
		unreachable := errors.As(err, &dial) && dial.Op == "dial"
		return part.size > 0 || !unreachable, cause(ctx, err)
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusPartialContent && strings.HasPrefix(resp.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", part.size)):
	case resp.StatusCode == http.StatusOK, resp.StatusCode == http.StatusPartialContent, resp.StatusCode == http.StatusRequestedRangeNotSatisfiable:
		if err := part.restart(b); err != nil { // the server does not resume: from the start
			return false, err
		}
		if resp.StatusCode != http.StatusOK {
			return true, fmt.Errorf("the server answers %s", resp.Status)
		}
		if n := resp.ContentLength; n >= 0 && n != f.size {
			return false, fmt.Errorf("expected %d bytes, the server has %d", f.size, n)
		}
	default:
		return resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests, fmt.Errorf("the server answers %s", resp.Status)
	}
	return h.copy(ctx, part, io.LimitReader(resp.Body, f.size-part.size), f, b, watch)
}

func (h *hub) copy(ctx context.Context, part *partFile, body io.Reader, f hubFile, b *bar, watch *time.Timer) (again bool, err error) {
	buf := make([]byte, 256<<10)
	for {
		n, err := body.Read(buf)
		if n > 0 {
			watch.Reset(h.stall)
			if _, err := part.Write(buf[:n]); err != nil {
				return false, err
			}
			part.size += int64(n)
			b.add(int64(n))
		}
		if errors.Is(err, io.EOF) && part.size < f.size {
			err = io.ErrUnexpectedEOF
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return true, cause(ctx, err)
		}
		if err != nil {
			return false, nil
		}
	}
}

// cause tells a stall from other ends.
func cause(ctx context.Context, err error) error {
	if c := context.Cause(ctx); errors.Is(c, errStalled) {
		return c
	}
	return err
}

// partFile is a download under way.
type partFile struct {
	*os.File
	size int64
}

// claim opens a new part of final, or takes over the one that an interrupted download left. Renaming it decides between two processes
// that download at once: each writes to a file of its own. A part that somebody may still be writing to is left alone for idle.
func claim(final string, idle time.Duration) (*partFile, error) {
	dir, base := filepath.Dir(final), filepath.Base(final)+".part"
	f, err := os.CreateTemp(dir, base+"-*")
	if err != nil {
		return nil, err
	}
	own := f.Name()
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		info, err := e.Info()
		left := filepath.Join(dir, e.Name())
		if err != nil || !strings.HasPrefix(e.Name(), base) || left == own || e.Name() != base && time.Since(info.ModTime()) < idle {
			continue
		}
		f.Close()
		if err := os.Rename(left, own); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, errors.Join(err, os.Remove(own))
		}
		if f, err = os.OpenFile(own, os.O_RDWR, 0o644); err != nil {
			return nil, err
		}
		size, err := f.Seek(0, io.SeekEnd)
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		return &partFile{f, size}, nil
	}
	return &partFile{f, 0}, nil
}

// restart empties the part.
func (p *partFile) restart(b *bar) error {
	b.add(-p.size)
	p.size = 0
	if err := p.Truncate(0); err != nil {
		return err
	}
	_, err := p.Seek(0, io.SeekStart)
	return err
}

// keep closes the part and gives it its name.
func (p *partFile) keep(name string) error {
	p.Chmod(0o644)
	if err := p.Close(); err != nil {
		return err
	}
	return os.Rename(p.Name(), name)
}

func (p *partFile) drop() error {
	return errors.Join(p.Close(), os.Remove(p.Name()))
}

// bar draws the progress on one line that it overwrites; notebooks understand that, too.
type bar struct {
	w           io.Writer
	name        string
	done, total int64
	last        time.Time
}

func (b *bar) add(n int64) {
	b.done += n
	if time.Since(b.last) > 200*time.Millisecond {
		b.draw()
	}
}

func (b *bar) draw() {
	const width = 30
	b.last = time.Now()
	fill := 0
	if b.total > 0 {
		fill = int(max(min(b.done*width/b.total, width), 0))
	}
	fmt.Fprintf(b.w, "\r%s [%s%s] %s of %s ", b.name, strings.Repeat("#", fill), strings.Repeat(".", width-fill), megabytes(b.done), megabytes(b.total))
}

func (b *bar) end(ok bool) {
	b.draw()
	if ok {
		fmt.Fprintln(b.w, "- done, checksums agree")
	} else {
		fmt.Fprintln(b.w, "- stopped")
	}
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

// fileHash returns the hex SHA-256 of a file, which it always reads.
func fileHash(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("attention: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.CopyBuffer(h, f, make([]byte, 1<<20)); err != nil {
		return "", fmt.Errorf("attention: %s: %w", path, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
