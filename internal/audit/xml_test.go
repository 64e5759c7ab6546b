package audit

import (
	"strings"
	"testing"
)

func TestFromXML(t *testing.T) {
	for _, c := range []struct{ answer, want string }{
		{`<AssumeRoleResponse xmlns="x"><AssumeRoleResult><AssumedRoleUser><Arn>a</Arn></AssumedRoleUser><Credentials><AccessKeyId>ASIA1</AccessKeyId>` +
			`<SecretAccessKey>s3cret</SecretAccessKey><SessionToken>s3cret</SessionToken></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
			`{"assumedRoleUser":{"arn":"a"},"credentials":{"accessKeyId":"ASIA1","secretAccessKey":"` + Hidden + `","sessionToken":"` + Hidden + `"}}`},
		{`<R><ListResult><Users><member><UserName>a</UserName></member><member><UserName>b</UserName></member></Users></ListResult></R>`,
			`{"users":[{"userName":"a"},{"userName":"b"}]}`},
		{`<DeleteUserResponse><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></DeleteUserResponse>`, `null`},
		{`<R><XResult><A>`, `null`},
		{`not xml`, `null`},
	} {
		got := string(FromXML([]byte(c.answer)).field("responseElements"))
		if got == "" {
			got = "null"
		}
		if got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.answer, got, c.want)
		}
		if strings.Contains(got, "s3cret") {
			t.Error("a secret")
		}
	}
}
