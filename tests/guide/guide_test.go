// Package guide does what the guides say, to the letter: the shell commands of each, in its order, in one shell, against a
// new server, and it compares what they print with what the guide shows. It knows the binary and the documents alone.
//
// Every block of a guide that is marked sh says before itself what happens here:
//
//	<!-- run: NAME -->            it has to succeed
//	<!-- run: NAME, refused -->   its last command has to fail
//	<!-- not run: WHY -->
//
// A block marked text that follows one is all that it prints, errors included, where … stands for anything. A block without
// one prints nothing. The main rule: the document is never changed to suit the test.
package guide

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/statordb/stator/tests/engine"
	"github.com/statordb/stator/tests/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

// written is where the guide has the server; the real one is somewhere else.
const written = "http://127.0.0.1:8000"

// The documents that are done, each against a server of its own.
func TestIdentityGuide(t *testing.T)       { follow(t, "identity.md") }
func TestCertificatesGuide(t *testing.T)   { follow(t, "people/certificates.md") }
func TestMachinesGuide(t *testing.T)       { follow(t, "people/machines.md") }
func TestIdentityCenterGuide(t *testing.T) { follow(t, "people/identity-center.md") }
func TestDirectoryGuide(t *testing.T)      { follow(t, "people/directory.md") }
func TestSCIMGuide(t *testing.T)           { follow(t, "people/scim.md") }
func TestOIDCGuide(t *testing.T)           { follow(t, "people/oidc.md") }
func TestLDAPGuide(t *testing.T)           { follow(t, "people/ldap.md") }
func TestWebIdentityGuide(t *testing.T)    { follow(t, "people/web-identity.md") }

// follow does what a guide says.
func follow(t *testing.T, guide string) {
	t.Parallel()
	engine.Embedded(t, "the guide shows the embedded engine's folder, and commands that open it")
	shell, path := tools(t)
	text, err := os.ReadFile(filepath.Join("../../docs", guide))
	if err != nil {
		t.Fatal(err)
	}
	blocks, err := parse(string(text))
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	s := harness.Start(t, "--data", filepath.Join(home, "stator-data"))
	commands := filepath.Join(home, ".commands")
	if err := os.WriteFile(commands, []byte(strings.ReplaceAll(script(blocks), written, s.Endpoint)), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), shell, commands)
	cmd.Dir = home
	cmd.Env = append(clean(s.Env), "HOME="+home, "AWS_EC2_METADATA_DISABLED=true",
		"STATOR_LISTEN=127.0.0.1:0", // of the agent of machines.md
		"PATH="+filepath.Dir(harness.Binary(t))+string(os.PathListSeparator)+path)
	var printed bytes.Buffer
	cmd.Stdout, cmd.Stderr = &printed, &printed
	failed := cmd.Run()
	for i, part := range strings.Split(printed.String(), separator)[1:] {
		name, got, _ := strings.Cut(part, "\n")
		if b := blocks[i]; name != b.name {
			t.Fatalf("block %q, want %q", name, b.name)
		} else if !b.printed.MatchString(strings.TrimSpace(got)) {
			t.Errorf("%s prints\n%s\nwant\n%s", name, got, b.want)
		}
	}
	if failed != nil {
		t.Errorf("the last of these blocks: %v", failed)
	}
}

// tools finds a shell, and a PATH that has the AWS CLI.
func tools(t *testing.T) (shell, path string) {
	t.Helper()
	shell, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash to run the commands of the guide")
	}
	return shell, harness.CLI(t)
}

// clean is an environment without settings for AWS clients: the guide makes its own.
func clean(env []string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(v string) bool { return strings.HasPrefix(v, "AWS_") })
}

// block is shell commands of the guide.
type block struct {
	name, commands, want string
	refused              bool
	printed              *regexp.Regexp
}

var (
	fence = regexp.MustCompile("(?ms)^(?:<!-- ([^\n]*) -->\n)?```(\\w*)\n(.*?)^```$")
	mark  = regexp.MustCompile(`^(?:run: ([a-z-]+)(, refused)?|not run: \S.*)$`)
)

// parse finds the blocks that are run.
func parse(text string) (blocks []block, err error) {
	end, last := 0, -1 // of the fence before, and where in blocks it is
	for _, at := range fence.FindAllStringSubmatchIndex(text, -1) {
		part := func(i int) string {
			if at[2*i] < 0 {
				return ""
			}
			return text[at[2*i]:at[2*i+1]]
		}
		comment, language, body := part(1), part(2), part(3)
		follows := strings.TrimSpace(text[end:at[0]]) == ""
		end = at[1]
		switch {
		case language == "text" && follows && last >= 0:
			blocks[last].want = body
			last = -1
		case language == "sh":
			m := mark.FindStringSubmatch(comment)
			if m == nil {
				return nil, fmt.Errorf("a block has no mark that says whether it is run, but %q:\n%s", comment, body)
			}
			last = -1
			if m[1] != "" {
				last = len(blocks)
				blocks = append(blocks, block{name: m[1], commands: body, refused: m[2] != ""})
			}
		default:
			last = -1
		}
	}
	for i := range blocks {
		b := &blocks[i]
		pattern := strings.ReplaceAll(regexp.QuoteMeta(strings.TrimSpace(b.want)), "…", ".*?")
		b.printed = regexp.MustCompile("(?s)^" + pattern + "$")
	}
	return blocks, nil
}

// separator is before the name of a block in what the script prints.
const separator = "\x1e"

// script is one script of all blocks, so that variables and functions are there for those that follow.
func script(blocks []block) string {
	var s strings.Builder
	s.WriteString("set -eu\nexec </dev/null\n")
	for _, b := range blocks {
		fmt.Fprintf(&s, "printf '%%s%%s\\n' '%s' '%s'\n", separator, b.name)
		if b.refused {
			fmt.Fprintf(&s, "set +e\n(set -e\n%s)\nstatus=$?\nset -e\ntest $status != 0\n", b.commands)
		} else {
			s.WriteString(b.commands)
		}
	}
	return s.String()
}
