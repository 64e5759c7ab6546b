package harness

import (
	"bufio"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// CLI is a PATH that has the AWS CLI, installed in the user's cache if it was not there.
//
// The CLI takes longer to load than to do what it is asked, and tests ask it hundreds of things. So one process for each package of
// tests loads it, and each command is a fork of that, with the arguments, environment, folder and files of the caller.
func CLI(t testing.TB) string {
	t.Helper()
	path := os.Getenv("PATH")
	python := interpreter(path)
	if _, err := exec.LookPath("aws"); err != nil {
		system := Tool(t, "python3")
		dir := cached(t, "awscli", nil, func(dir string) {
			for _, args := range [][]string{{system, "-m", "venv", dir}, {filepath.Join(dir, "bin", "pip"), "install", "--quiet", "awscli"}} {
				if out, err := exec.CommandContext(t.Context(), args[0], args[1:]...).CombinedOutput(); err != nil {
					t.Fatalf("%q: %v\n%s", args, err, out)
				}
			}
		})
		python = filepath.Join(dir, "bin", "python")
	}
	if python == "" { // it is not in Python, or it can't be told
		return path
	}
	dir, err := this.cli(python)
	if err != nil {
		t.Fatal(err)
	}
	return dir + string(os.PathListSeparator) + path
}

// interpreter is the Python that runs the AWS CLI of a PATH, "" if none does.
func interpreter(path string) string {
	aws, err := exec.LookPath("aws")
	if err != nil || runtime.GOOS == "windows" {
		return ""
	}
	// A shim of pyenv is a script that finds the right one.
	if at, err := exec.Command("pyenv", "which", "aws").Output(); err == nil {
		aws = strings.TrimSpace(string(at))
	}
	f, err := os.Open(aws)
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }()
	line, _ := bufio.NewReader(io.LimitReader(f, 4096)).ReadString('\n')
	python := strings.TrimSpace(strings.TrimPrefix(line, "#!"))
	if !strings.HasPrefix(line, "#!/") || !strings.HasPrefix(filepath.Base(python), "python") {
		return ""
	}
	return python
}

// cli is the folder of the package's AWS CLI.
func (p *process) cli(python string) (dir string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.aws == "" {
		p.aws, p.stopAWS, err = startCLI(python)
	}
	return p.aws, err
}

//go:embed awscli_server.py
var cliServer string

//go:embed awscli_client.py
var cliClient string

// startCLI starts the process that has the AWS CLI loaded, and returns a folder with a command aws that asks it. It ends with stop, or
// with the tests, however they end.
func startCLI(python string) (dir string, stop func(), err error) {
	if dir, err = os.MkdirTemp("", "stator-aws-"); err != nil {
		return "", nil, err
	}
	socket := filepath.Join(dir, "socket")
	cmd := exec.Command(python, "-c", cliServer, socket)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return "", nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = in.Close()
		_ = cmd.Wait() // its status is of no interest
		_ = os.RemoveAll(dir)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		stop()
		return "", nil, errors.Join(errors.New("harness: the AWS CLI can't be loaded"), err)
	}
	shim := fmt.Sprintf("#!%s -IS\nPATH = %q\n%s", python, socket, cliClient)
	if err := os.WriteFile(filepath.Join(dir, "aws"), []byte(shim), 0o700); err != nil {
		stop()
		return "", nil, err
	}
	return dir, stop, nil
}
