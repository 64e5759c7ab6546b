package sdk

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/statordb/stator/tests/harness"
)

// regions has one for each script: scripts use the guide's names for tables, and each region has its own tables.
var regions = map[string]string{"music": "us-west-2", "products": "eu-north-1", "threads": "eu-central-1", "lsi": "ap-southeast-2",
	"partiql": "ap-northeast-2", "streams": "ap-northeast-1", "backups": "sa-east-1"}

// TestCLI runs the scripts testdata/cli/*.txt: commands of the guide for the AWS CLI, and the answers.
//
// A script is a list of parts with titles: "file NAME" writes a file; "run" runs shell commands, and "until" runs them
// again until the answer is right; "want" is the answer in JSON, "want any order" says that arrays have no order,
// "text" is the answer as it is, and "error" is in what a failing command says. In JSON, "*" is any value, a member
// "..." allows members that are not listed, sets have no order, and ACCOUNT is the account.
func TestCLI(t *testing.T) {
	t.Parallel()
	s := harness.Shared(t)
	path := harness.CLI(t)
	scripts, err := filepath.Glob("testdata/cli/*.txt")
	if err != nil || len(scripts) != len(regions) {
		t.Fatalf("%d scripts, error %v", len(scripts), err)
	}
	for _, script := range scripts {
		name := strings.TrimSuffix(filepath.Base(script), ".txt")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(script)
			if err != nil {
				t.Fatal(err)
			}
			region := regions[name]
			if region == "" {
				t.Fatalf("no region for %s", name)
			}
			c := &shell{dir: t.TempDir(), env: append(slices.Clone(s.Env), "PATH="+path, "AWS_REGION="+region, "AWS_DEFAULT_REGION="+region)}
			c.play(t, strings.ReplaceAll(string(text), "ACCOUNT", s.Account))
		})
	}
}

// shell runs one script.
type shell struct {
	dir string
	env []string
}

// play goes through the parts of a script.
func (c *shell) play(t *testing.T, script string) {
	_, script, _ = strings.Cut("\n"+script, "\n== ")
	var title, commands string
	for part := range strings.SplitSeq(script, "\n== ") {
		head, text, _ := strings.Cut(part, "\n")
		text = strings.TrimSpace(text)
		switch kind, name, _ := strings.Cut(head, " "); kind {
		case "file":
			if err := os.WriteFile(filepath.Join(c.dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		case "run", "until":
			title, commands = kind, text
		case "want", "text", "error":
			problem := c.check(t, commands, head, text)
			for end := time.Now().Add(30 * time.Second); problem != "" && title == "until" && time.Now().Before(end); {
				time.Sleep(100 * time.Millisecond)
				problem = c.check(t, commands, head, text)
			}
			if problem != "" {
				t.Errorf("%s\n%s", commands, problem)
			}
		default:
			t.Fatalf("no part %q", head)
		}
	}
}

// check runs commands, and says what is wrong with the answer.
func (c *shell) check(t *testing.T, commands, how, want string) string {
	cmd := exec.CommandContext(t.Context(), "sh", "-c", commands)
	var stdout, stderr bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = c.dir, c.env, &stdout, &stderr
	err := cmd.Run()
	if how == "error" {
		if err == nil || !strings.Contains(stderr.String(), want) {
			return fmt.Sprintf("%v, stdout %s, stderr %s\nwant %s", err, &stdout, &stderr, want)
		}
		return ""
	}
	if err != nil {
		return fmt.Sprintf("%v: %s", err, &stderr)
	}
	if how == "text" {
		if got := strings.TrimSpace(stdout.String()); got != want {
			return fmt.Sprintf("got %q, want %q", got, want)
		}
		return ""
	}
	var got, wanted any
	if err := json.Unmarshal(stdout.Bytes(), &got); err != nil {
		return fmt.Sprintf("%v in %s", err, &stdout)
	}
	if err := json.Unmarshal([]byte(want), &wanted); err != nil {
		t.Fatalf("%v in %s", err, want)
	}
	if how == "want any order" {
		got, wanted = sortArrays(got), sortArrays(wanted)
	}
	if where := differs(got, wanted); where != "" {
		return fmt.Sprintf("the answer differs at %s\n got %s\nwant %s", where, stdout.String(), want)
	}
	return ""
}

// differs is where got is not as wanted.
func differs(got, want any) string {
	if want == "*" {
		return ""
	}
	switch want := want.(type) {
	case map[string]any:
		got, ok := got.(map[string]any)
		if !ok {
			return " (no object)"
		}
		_, open := want["..."]
		for name := range got {
			if _, known := want[name]; !known && !open {
				return "." + name + " (not wanted)"
			}
		}
		for name, w := range want {
			g, there := got[name]
			switch {
			case name == "...":
				continue
			case !there:
				return "." + name + " (missing)"
			case name == "SS" || name == "NS" || name == "BS":
				g, w = sortArrays(g), sortArrays(w)
			}
			if where := differs(g, w); where != "" {
				return "." + name + where
			}
		}
		return ""
	case []any:
		got, ok := got.([]any)
		if !ok || len(got) != len(want) {
			return " (another length)"
		}
		for i := range want {
			if where := differs(got[i], want[i]); where != "" {
				return fmt.Sprintf("[%d]%s", i, where)
			}
		}
		return ""
	}
	if got != want {
		return fmt.Sprintf(" (%v, want %v)", got, want)
	}
	return ""
}

// sortArrays sorts all arrays in a decoded JSON value by the text of their elements.
func sortArrays(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name := range v {
			v[name] = sortArrays(v[name])
		}
	case []any:
		for i := range v {
			v[i] = sortArrays(v[i])
		}
		slices.SortFunc(v, func(a, b any) int { return strings.Compare(text(a), text(b)) })
	}
	return v
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}
