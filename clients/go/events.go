package plinth

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// The version of the events that this package reads: docs/ndjson.md.
const eventsFormat = "plinth-events/1"

// The end of a run: its last line.
type outcome struct {
	result   *Result
	verified *Verification
	err      *Error
	// What was not understood.
	strange *Error
}

type line struct {
	Format string `json:"format"`
	Type   string `json:"type"`

	// finished and error: a Result; verified: a Verification
	Result json.RawMessage `json:"result"`

	// error
	Name     string    `json:"name"`
	Code     string    `json:"code"`
	Message  string    `json:"message"`
	Hint     string    `json:"hint"`
	Place    *Place    `json:"place"`
	Findings []Finding `json:"findings"`
}

// readEvents reads to the end of the stream. A line of a format that is not known is told, and the rest is read over, so
// that the program never waits for a reader.
func readEvents(stream io.Reader) (end outcome) {
	reader := bufio.NewReader(stream)
	for {
		text, err := reader.ReadString('\n')
		if strings.TrimSpace(text) != "" && end.strange == nil {
			end.read(text)
		}
		if err != nil {
			return end
		}
	}
}

func (end *outcome) read(text string) {
	var event line
	if err := json.Unmarshal([]byte(text), &event); err != nil {
		// Its fields may be of other types in another version.
		var head struct {
			Format string `json:"format"`
		}
		if json.Unmarshal([]byte(text), &head) != nil || head.Format == eventsFormat || head.Format == "" {
			end.strange = createStrange(fmt.Sprintf("The program printed a line that is no event: %.200q.", strings.TrimSpace(text)))
			return
		}
		event.Format = head.Format
	}
	switch {
	case event.Format != eventsFormat:
		end.strange = createStrange(fmt.Sprintf("The program speaks %q; this package reads %q.", event.Format, eventsFormat))
	case event.Type == "finished":
		end.result = new(Result)
		end.readResult(event.Result, end.result)
	case event.Type == "verified":
		end.verified = new(Verification)
		end.readResult(event.Result, end.verified)
	case event.Type == "error":
		end.err = &Error{
			Code:     event.Code,
			Message:  event.Message,
			Hint:     event.Hint,
			Place:    event.Place,
			Findings: event.Findings,
			kinds:    getKinds(event.Name, event.Code),
		}
		if len(event.Result) > 0 {
			end.err.Result = new(Result)
			end.readResult(event.Result, end.err.Result)
		}
	}
}

func (end *outcome) readResult(text json.RawMessage, into any) {
	if err := json.Unmarshal(text, into); err != nil {
		end.strange = createStrange(fmt.Sprintf("The program's result cannot be read: %v.", err))
	}
}

func createStrange(message string) *Error {
	return &Error{
		Code:    "PROTOCOL",
		Message: message,
		Hint:    "Take the Go package and the program from the same release of Plinth.",
		kinds:   []error{ErrProtocol},
	}
}
