package portal

import (
	"errors"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"

	"github.com/statordb/stator/tests/harness"
)

// terminal is a program on a terminal of its own, with somebody who reads and types there.
type terminal struct {
	*testing.T
	cmd  *exec.Cmd
	keys *os.File
	done chan struct{}
	news chan struct{} // has a value when there is more to read

	mu   sync.Mutex
	text string // all that there was, without what moves the cursor and colors it
	read int    // how much of it has been looked at
}

// control is what a program has a terminal do.
var control = regexp.MustCompile(`\x1b\[[0-9;?]*[a-zA-Z]|\r`)

// patience is how long somebody waits for a terminal.
const patience = 30 * time.Second

// at runs a program at a terminal.
func (h *home) at(program string, args ...string) *terminal {
	h.Helper()
	// The terminal is not one that says where its cursor is.
	cmd := harness.Command(h.T, append(h.env, "TERM=xterm", "PROMPT_TOOLKIT_NO_CPR=1"), h.dir, program, args...)
	keys, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 50, Cols: 400})
	must(h.T, err)
	x := &terminal{T: h.T, cmd: cmd, keys: keys, done: make(chan struct{}), news: make(chan struct{}, 1)}
	go x.listen()
	h.Cleanup(func() {
		_ = cmd.Process.Kill() // it has ended, unless the test failed
		<-x.done
		_ = keys.Close()
		if h.Failed() {
			h.Logf("%q:\n%s", args, x.text)
		}
	})
	return x
}

func (x *terminal) listen() {
	defer close(x.done)
	raw, buf := "", make([]byte, 4096)
	for {
		n, err := x.keys.Read(buf)
		raw += string(buf[:n])
		x.mu.Lock()
		x.text = control.ReplaceAllString(raw, "")
		x.mu.Unlock()
		select {
		case x.news <- struct{}{}:
		default:
		}
		if err != nil { // the program has ended
			return
		}
	}
}

// sees waits until the program has written what matches, after what was seen before, and returns the parts.
func (x *terminal) sees(pattern string) []string {
	x.Helper()
	re, late, over := regexp.MustCompile(pattern), time.After(patience), false
	for {
		x.mu.Lock()
		rest := x.text[x.read:]
		found := re.FindStringSubmatch(rest)
		if found != nil {
			x.read += re.FindStringIndex(rest)[1]
		}
		x.mu.Unlock()
		if found != nil {
			return found
		}
		if over {
			x.Fatalf("no %q on the terminal", pattern)
		}
		select {
		case <-x.news:
		case <-x.done:
			over = true
		case <-late:
			x.Fatalf("%q does not come", pattern)
		}
	}
}

// types is somebody who presses the keys, and then return.
func (x *terminal) types(keys string) {
	x.Helper()
	_, err := x.keys.WriteString(keys + "\r")
	must(x.T, err)
}

// ends is the exit status of the program, and what it wrote at the last.
func (x *terminal) ends() (status int, last string) {
	x.Helper()
	select {
	case <-x.done:
	case <-time.After(patience):
		x.Fatal("it does not end")
	}
	if err := x.cmd.Wait(); err != nil {
		if _, ok := errors.AsType[*exec.ExitError](err); !ok {
			x.Fatal(err)
		}
	}
	return x.cmd.ProcessState.ExitCode(), strings.TrimSpace(x.text[x.read:])
}
