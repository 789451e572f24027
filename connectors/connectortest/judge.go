package connectortest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// Lab gives the path of something in the folder of real data, published
// documents and judges that STACKRANK_LAB names. Without it the test is skipped.
func Lab(t testing.TB, parts ...string) string {
	t.Helper()
	folder := os.Getenv("STACKRANK_LAB")
	if folder == "" {
		t.Skip("STACKRANK_LAB is not set: it names the folder with real data, specifications and judges")
	}
	return filepath.Join(append([]string{folder}, parts...)...)
}

// Judge is a program of the lab that stands between a client and a service.
type Judge struct {
	URL string // where it listens, http://host:port
	log string // what it finds, a JSON object a line
	cmd *exec.Cmd
}

// programs are the judges built so far, by name, for all tests of a run.
var programs sync.Map

// built gives the executable of a judge.
func built(t testing.TB, name string) string {
	t.Helper()
	source := Lab(t, "tools", name)
	once, _ := programs.LoadOrStore(name, sync.OnceValues(func() (string, error) { return build(source, name) }))
	program, err := once.(func() (string, error))()
	if err != nil {
		t.Fatal(err)
	}
	return program
}

// build compiles a judge into a folder that outlives the test.
func build(source, name string) (string, error) {
	folder, err := os.MkdirTemp("", "stackrank-judge-")
	if err != nil {
		return "", err
	}
	out := filepath.Join(folder, name)
	text, err := exec.Command("go", "build", "-C", source, "-buildvcs=false", "-o", out, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s does not build: %w\n%s", name, err, text)
	}
	return out, nil
}

// address is where a judge says that it listens.
var address = regexp.MustCompile(`127\.0\.0\.1:[0-9]+`)

// StartJudge runs the named judge in front of the service at target, a URL
// without path, until End or the end of the test.
func StartJudge(t testing.TB, name, target string, args ...string) *Judge {
	t.Helper()
	j := &Judge{log: filepath.Join(t.TempDir(), "log")}
	j.cmd = exec.Command(built(t, name), append([]string{"-quiet", "-log", j.log, "-listen", "127.0.0.1:0", "-target", target}, args...)...)
	stderr, err := j.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := j.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.cmd.Process.Kill() }) // it may have ended already
	lines := bufio.NewReader(stderr)
	first, err := lines.ReadString('\n')
	at := address.FindString(first)
	if err != nil || at == "" {
		t.Fatalf("%s says %q, %v; want where it listens", name, first, err)
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	j.URL = "http://" + at
	return j
}

// End stops the judge, which writes its files then.
func (j *Judge) End(t testing.TB) {
	t.Helper()
	if err := j.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = j.cmd.Wait() // its verdict is in its files
}

// Contract puts the judge that knows OpenAPI documents in front of a service.
// When the test ends, every error that it found fails the test.
func Contract(t testing.TB, target string, args ...string) *Judge {
	t.Helper()
	j := StartJudge(t, "contractproxy", target, args...)
	t.Cleanup(func() {
		j.End(t)
		for _, v := range j.violations(t) {
			t.Error(v)
		}
	})
	return j
}

// violations gives the errors in a judge's log, each once.
func (j *Judge) violations(t testing.TB) []string {
	t.Helper()
	text, err := os.ReadFile(j.log)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	var out []string
	for line := range strings.Lines(string(text)) {
		var v struct{ Level, Code, Method, Route, At string }
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatal(err)
		}
		if text := fmt.Sprint(v.Code, " ", v.Method, " ", v.Route, " ", v.At); v.Level == "error" && !seen[text] {
			seen[text] = true
			out = append(out, text)
		}
	}
	return out
}
