package plinth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// How long a cancelled run may take to roll back and to tell what is committed, before it is killed.
const graceOfCancelled = 15 * time.Second

// run starts the program and returns when it, and all that it started, has ended.
func run(ctx context.Context, config MigrationConfig, command command) (outcome, error) {
	if err := config.validate(); err != nil {
		return outcome{}, err
	}
	config = config.withDefaults()
	program, err := findProgram()
	if err != nil {
		return outcome{}, err
	}
	if err := ctx.Err(); err != nil {
		return outcome{}, createCancelled(err, nil)
	}

	args := append(program[1:], config.arguments(command)...)
	cmd := exec.CommandContext(ctx, program[0], args...)
	cmd.Env = os.Environ()
	if config.PostgresPassword != "" {
		cmd.Env = append(cmd.Env, "PGPASSWORD="+config.PostgresPassword)
	}
	cmd.WaitDelay = graceOfCancelled
	setProcessGroup(cmd)
	talk := &tail{writer: config.Logger}
	end, err := execute(cmd, talk)
	if ctx.Err() == nil && err != nil && end == (outcome{}) && isMissing(ctx, program) {
		return end, createMissing("There is no plinth on the PATH, and npx finds none in node_modules, here or above.")
	}
	return end, judge(ctx, cmd, end, talk.String(), err)
}

// execute reads what the program writes until it and all that it started has ended.
func execute(cmd *exec.Cmd, talk *tail) (end outcome, err error) {
	events, stdout, err := os.Pipe()
	if err != nil {
		return end, err
	}
	defer events.Close()
	lines, stderr, err := os.Pipe()
	if err != nil {
		stdout.Close()
		return end, err
	}
	defer lines.Close()
	cmd.Stdout, cmd.Stderr = stdout, stderr

	ended := make(chan error, 1)
	go func() {
		// The kernel ends the program with the thread that started it: prctl(2), PR_SET_PDEATHSIG.
		unlock := lockThread()
		defer unlock()
		err := cmd.Start()
		stdout.Close()
		stderr.Close()
		if err == nil {
			err = cmd.Wait()
			killGroup(cmd)
		}
		ended <- err
	}()
	talked := make(chan struct{})
	go func() {
		_, _ = io.Copy(talk, lines)
		talk.flush()
		close(talked)
	}()
	end = readEvents(events)
	<-talked
	return end, <-ended
}

func judge(ctx context.Context, cmd *exec.Cmd, end outcome, talk string, err error) error {
	code := -1
	if cmd.ProcessState != nil {
		code = cmd.ProcessState.ExitCode()
	}
	cancelled := context.Cause(ctx)
	switch {
	case cancelled != nil && (end.err != nil || err != nil):
		return createCancelled(cancelled, end.err)
	case end.strange != nil:
		return end.strange
	case end.err != nil:
		end.err.ExitCode = code
		return end.err
	case end.verified != nil && !end.verified.OK:
		return createDifferent(end.verified, code)
	case (end.result != nil || end.verified != nil) && code == 0:
		return nil
	}
	what := fmt.Sprintf("it ended with code %d", code)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		what = err.Error()
	}
	message := fmt.Sprintf("%s told no outcome: %s.", cmd.Path, what)
	if talk = strings.TrimSpace(talk); talk != "" {
		message += " It said: " + talk
	}
	return &Error{Code: "PROTOCOL", Message: message, ExitCode: code, kinds: []error{ErrProtocol}, cause: err,
		Hint: "Try the program by hand: " + cmd.Path + " --version; it needs Node.js 20.19 or newer."}
}

func createDifferent(found *Verification, code int) *Error {
	objects := []string{}
	for _, difference := range found.Differences {
		objects = append(objects, strings.TrimSpace(difference.Object+": "+difference.Kind+" "+difference.Name))
	}
	return &Error{
		Code:        "VERIFICATION_FAILED",
		Message:     fmt.Sprintf("The database is not as the history leaves it: %s.", strings.Join(objects, "; ")),
		Differences: found.Differences,
		Findings:    found.Findings,
		ExitCode:    code,
		kinds:       []error{ErrVerificationFailed},
	}
}

// What the program said of the run, where it had the time.
func createCancelled(cause error, said *Error) *Error {
	err := &Error{Code: "ABORTED", Message: "The run was stopped: " + cause.Error() + ".", cause: cause}
	if said != nil {
		err.Hint, err.Result, err.Findings = said.Hint, said.Result, said.Findings
	}
	if errors.Is(cause, context.DeadlineExceeded) {
		err.kinds = []error{ErrTimeout}
	}
	return err
}
