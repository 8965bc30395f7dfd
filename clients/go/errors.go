package plinth

import (
	"errors"
	"fmt"
	"strings"
)

// What went wrong, for errors.Is. The first three have the names of the seed.
var (
	// ErrPostgresNotReady: PostgreSQL, or the cluster around it, cannot be reached or used; Findings say why.
	ErrPostgresNotReady = errors.New("postgres not ready")
	// ErrMigrationFailed: a statement failed; Place points into the migration's file.
	ErrMigrationFailed = errors.New("migration failed")
	// ErrTableExists: a table is there already, and is not as the history would make it. One that is equal is no error.
	ErrTableExists = errors.New("table already exists")
	// ErrVerificationFailed: the database is not as the history leaves it.
	ErrVerificationFailed = errors.New("verification failed")
	// ErrTimeout: Timeout ran out; what is committed is in Result.
	ErrTimeout = errors.New("timeout")
	// ErrInvalidConfig: the config cannot be used.
	ErrInvalidConfig = errors.New("invalid config")
	// ErrProgramMissing: there is no plinth to run.
	ErrProgramMissing = errors.New("plinth not found")
	// ErrProtocol: the program speaks something that this package does not understand, or ended without a word.
	ErrProtocol = errors.New("plinth protocol")
)

// Error is what Plinth said of a run that did not go well.
type Error struct {
	// Code is stable; docs/errors.md explains each.
	Code    string
	Message string
	// Hint says what to do next.
	Hint     string
	Place    *Place
	Findings []Finding
	// Result accounts for every step, where a run had begun.
	Result *Result
	// Differences are set where a verification failed.
	Differences []Difference
	// ExitCode is the program's.
	ExitCode int

	kinds []error
	cause error
}

// Place is a place in a migration's file; Line and Column are 1-based.
type Place struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// Finding is one fact about why something is, or is not, as it should be.
type Finding struct {
	Code     string         `json:"code"`
	Severity string         `json:"severity"`
	Args     map[string]any `json:"args"`
	// Evidence is what was seen, verbatim, one entry a line.
	Evidence []string `json:"evidence"`
}

// Result accounts for a run.
type Result struct {
	Outcome string `json:"outcome"`
	Run     string `json:"run"`
	// Tables were asked for, as schema.name; empty = the whole history.
	Tables []string `json:"tables"`
	// Created are the tables that the run made.
	Created []string `json:"created"`
	// Adopted are the tables that were there already as the history leaves them, and that the ledger has now.
	Adopted   []string  `json:"adopted"`
	Already   int       `json:"already"`
	Steps     []Step    `json:"steps"`
	Findings  []Finding `json:"findings"`
	ElapsedMs int       `json:"elapsedMs"`
}

// Verification tells how a database compares with what the history leaves.
type Verification struct {
	OK          bool         `json:"ok"`
	Differences []Difference `json:"differences"`
	Tables      []string     `json:"tables"`
	// Proof is what a proof says of what was compared with: proven, enlarged, not-provable, none, stale.
	Proof     string    `json:"proof"`
	Checked   int       `json:"checked"`
	Findings  []Finding `json:"findings"`
	ElapsedMs int       `json:"elapsedMs"`
}

// Difference is what an object lacks, or has otherwise than it should; Expected and Found are nil where there is, or should be, nothing.
type Difference struct {
	Object   string  `json:"object"`
	Kind     string  `json:"kind"`
	Name     string  `json:"name"`
	Expected *string `json:"expected"`
	Found    *string `json:"found"`
}

// Step is what became of one statement.
type Step struct {
	Migration string `json:"migration"`
	Statement int    `json:"statement"`
	Line      int    `json:"line"`
	Status    string `json:"status"`
}

// Error is the sentence, its place, what was seen, and what to do next.
func (e *Error) Error() string {
	var text strings.Builder
	text.WriteString(e.Message)
	if e.Place != nil {
		fmt.Fprintf(&text, "\n  at %s:%d:%d", e.Place.File, e.Place.Line, e.Place.Column)
	}
	for _, finding := range e.Findings {
		for _, line := range finding.Evidence {
			text.WriteString("\n  | " + line)
		}
	}
	if e.Hint != "" {
		text.WriteString("\n  " + e.Hint)
	}
	return text.String()
}

// Is makes errors.Is(err, ErrPostgresNotReady) and the like answer.
func (e *Error) Is(target error) bool {
	for _, kind := range e.kinds {
		if kind == target {
			return true
		}
	}
	return false
}

// Unwrap leads to what ended the run from outside: context.Canceled, context.DeadlineExceeded.
func (e *Error) Unwrap() error { return e.cause }

// The classes of the library, by the name that the program tells.
var byName = map[string]error{
	"PostgresNotReadyError": ErrPostgresNotReady,
	"MigrationFailedError":  ErrMigrationFailed,
	"TableExistsError":      ErrTableExists,
}

var byCode = map[string]error{
	"VERIFICATION_FAILED": ErrVerificationFailed,
	"TIMEOUT":             ErrTimeout,
	"OPTIONS_INVALID":     ErrInvalidConfig,
}

func getKinds(name, code string) []error {
	var kinds []error
	if kind, ok := byName[name]; ok {
		kinds = append(kinds, kind)
	}
	if kind, ok := byCode[code]; ok {
		kinds = append(kinds, kind)
	}
	return kinds
}
