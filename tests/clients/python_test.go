package clients

import (
	"encoding/json"
	"testing"

	"github.com/statordb/stator/tests/harness"
)

// scripted is what scripts of other languages find: a home with a profile of each kind, and in STATOR_TEST, as JSON, the
// names of what was made for them. The user may do what the roles may.
func scripted(t *testing.T) home {
	t.Helper()
	s, b, i := harness.Shared(t), create(t), startIssuer(t)
	i.register(t)
	u := user(t, "user", b.items(), allow("sts:AssumeRole", "*"))
	r := role(t, "role", trust(u.arn, `{"StringEquals":{"sts:ExternalId":"12345"}}`), b.items(), allow("sts:AssumeRole", "*"))
	last := role(t, "last", trust(r.arn, ""), b.items())
	pod := role(t, "pod", i.trust(s.Account), b.items())
	task := startContainer(t, role(t, "task", trust("*", ""), b.items()))
	token := i.tokenFile(t, "alice")
	administrator, err := s.Config.Credentials.Retrieve(t.Context())
	must(t, "the administrator's key", err)

	h := newHome(t, "", keys("base", u.creds)+keys("admin", administrator))
	script := h.program(t, "process", "echo '"+process(u.creds)+"'")
	write(t, h.config(), profile(t, "base")+profile(t, "admin")+
		profile(t, "role", "role_arn = "+r.arn, "source_profile = base", "external_id = 12345", "duration_seconds = 900", "role_session_name = alice")+
		profile(t, "wrong", "role_arn = "+r.arn, "source_profile = base", "external_id = 54321", "role_session_name = alice")+
		profile(t, "chain", "role_arn = "+last.arn, "source_profile = role", "role_session_name = bob")+
		profile(t, "pod", "role_arn = "+pod.arn, "web_identity_token_file = "+token, "role_session_name = pod")+
		profile(t, "process", "credential_process = "+script))
	text, err := json.Marshal(map[string]any{
		"endpoint": s.Endpoint, "region": region, "table": b.name, "table_arn": b.arn, "user": u.arn, "key": u.creds.AccessKeyID, "secret": u.creds.SecretAccessKey,
		"role_arn": r.arn, "last_arn": last.arn, "role": session(r), "last": session(last), "pod": session(pod), "task": session(task.role),
		"pod_role": pod.arn, "token_file": token, "container": map[string]string{"url": task.url, "token": task.token},
	})
	must(t, "encode", err)
	return h.serverIn(t).with("STATOR_TEST=" + string(text))
}

// session is how the ARNs of a role's sessions begin.
func session(r part) string {
	arn := r.session("")
	return arn[:len(arn)-1]
}

// TestPython runs python/credentials_test.py, if boto3 is on the machine.
func TestPython(t *testing.T) {
	t.Parallel()
	python := harness.Boto3(t)
	harness.Run(t, scripted(t).env, "python", python, "-B", "credentials_test.py")
}
