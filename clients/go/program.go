package plinth

import (
	"context"
	"fmt"
	"os"
	"os/exec"
)

// findProgram returns the command line that starts Plinth: what PLINTH_BIN names, plinth on the PATH, or what npx finds installed.
func findProgram() ([]string, error) {
	if named := os.Getenv("PLINTH_BIN"); named != "" {
		path, err := exec.LookPath(named)
		if err != nil {
			return nil, createMissing(fmt.Sprintf("PLINTH_BIN is %s, which cannot be run: %v.", named, err))
		}
		return []string{path}, nil
	}
	if path, err := exec.LookPath("plinth"); err == nil {
		return []string{path}, nil
	}
	if path, err := exec.LookPath("npx"); err == nil {
		// Never from a registry, where the name may be somebody else's, nor asking one.
		return []string{path, "--offline", "--no-install", "plinth"}, nil
	}
	return nil, createMissing("There is no plinth on the PATH, and no npx that could find one.")
}

// isMissing tells whether it was npx that failed, and not what it was to start.
func isMissing(ctx context.Context, program []string) bool {
	if len(program) == 1 {
		return false
	}
	return exec.CommandContext(ctx, program[0], append(program[1:], "--version")...).Run() != nil
}

func createMissing(message string) *Error {
	return &Error{
		Code:    "PROGRAM_MISSING",
		Message: message,
		Hint:    "Install Plinth with npm (Node.js 20.19 or newer), or set PLINTH_BIN to its program.",
		kinds:   []error{ErrProgramMissing},
	}
}
