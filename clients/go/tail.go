package plinth

import (
	"bytes"
	"io"
)

// A line that is longer is no talk.
const longestLine = 64 << 10

// tail passes whole lines on, so that those of runs at the same time are not mixed, and remembers the last ones.
type tail struct {
	writer io.Writer
	begun  []byte
	last   []byte
}

func (t *tail) Write(text []byte) (int, error) {
	t.begun = append(t.begun, text...)
	if end := bytes.LastIndexByte(t.begun, '\n') + 1; end > 0 || len(t.begun) > longestLine {
		if end == 0 {
			end = len(t.begun)
		}
		t.pass(t.begun[:end])
		t.begun = append([]byte(nil), t.begun[end:]...)
	}
	return len(text), nil
}

func (t *tail) flush() {
	if len(t.begun) > 0 {
		t.pass(append(t.begun, '\n'))
		t.begun = nil
	}
}

// A logger that fails must not stop a run.
func (t *tail) pass(lines []byte) {
	_, _ = t.writer.Write(lines)
	t.last = append(t.last, lines...)
	if len(t.last) > 2000 {
		t.last = append([]byte(nil), t.last[len(t.last)-2000:]...)
	}
}

func (t *tail) String() string { return string(t.last) }
