package attention

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/xainb/gonb-xai/xainb"
)

// Three lines are enough in a notebook; what goes wrong is carried by the recording and shown in the cell.
func ExampleRun() {
	run := Run("The cat sat on the mat because it was warm.", Folder("no/such/folder"))
	fmt.Println(run.Len(), run.Err())
	// Output:
	// 0 attention: no model found in the folder given, no/such/folder: no such folder
}

// exampleModel writes and loads a random model of 2 layers and 3 heads; a program of yours calls Load with the folder of a real one.
func exampleModel() (*Model, error) {
	folder, err := os.MkdirTemp("", "tiny")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	if err := newTiny(tinyConfig).save(folder); err != nil {
		return nil, err
	}
	return Load(folder)
}

// A model is an Explainer: it yields a step for each phase of each layer while it computes.
func ExampleModel_Explain() {
	model, err := exampleModel()
	if err != nil {
		fmt.Println(err)
		return
	}
	for step, err := range model.Explain(context.Background(), "The cats sat.") {
		if err != nil {
			fmt.Println(err)
			return
		}
		var s xainb.Snapshot
		step.Snap(&s)
		if s.Time > 1 {
			break // the second layer has the same phases
		}
		fmt.Printf("%s %v, %s:", s.TimeName, s.Time, s.Phase)
		for _, f := range s.Fields {
			fmt.Printf(" %s", f.Name)
		}
		fmt.Println()
	}
	// Output:
	// layer 0, embeddings: hidden
	// layer 1, Q, K, V: query key value
	// layer 1, scores: dot scores
	// layer 1, softmax: attention dot scores unscaled norm max sum value_norm
	// layer 1, context: context
	// layer 1, feed-forward: hidden
}

// A recording is a track with the tokens beside it. The causal mask leaves the first token nothing to look at but itself.
func ExampleRecording() {
	model, err := exampleModel()
	if err != nil {
		fmt.Println(err)
		return
	}
	run := model.With(Causal()).Record("The cats sat.")
	fmt.Println(run.Tokens, run.Layers, "layers,", run.Heads, "heads,", run.Len(), "frames")
	for _, frame := range run.Frames() {
		if frame.Phase == PhaseSoftmax {
			fmt.Println("layer", frame.Time, "first row of head 1:", frame.Field("attention").Data[:len(run.Tokens)])
		}
	}
	// Output:
	// [[CLS] the cat ##s sat . [SEP]] 2 layers, 3 heads, 11 frames
	// layer 1 first row of head 1: [1 0 0 0 0 0 0]
	// layer 2 first row of head 1: [1 0 0 0 0 0 0]
}

func ExampleTokenizer() {
	vocab := "[PAD]\n[UNK]\n[CLS]\n[SEP]\nthe\ncat\n##s\nresume\n."
	t, err := NewTokenizer(strings.NewReader(vocab), TokenizerConfig{})
	if err != nil {
		fmt.Println(err)
		return
	}
	e, err := t.Encode("The cats' résumé.")
	fmt.Println(e.Tokens, e.IDs, e.Words, err)
	_, err = t.Encode(" ")
	fmt.Println(err)
	// Output:
	// [[CLS] the cat ##s [UNK] resume . [SEP]] [2 4 5 6 1 7 8 3] [-1 0 1 1 1 2 2 -1] <nil>
	// attention: the text has no tokens: nothing to attend to in " "
}

func ExampleShuffle() {
	shuffled, order := Shuffle("the cat sat on the mat", 1)
	original := make([]string, len(order))
	for i, word := range strings.Fields(shuffled) {
		original[order[i]] = word
	}
	fmt.Println(strings.Join(original, " "))
	// Output:
	// the cat sat on the mat
}
