package awsapi

import (
	"encoding/xml"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

const (
	iamNamespace = "https://iam.amazonaws.com/doc/2010-05-08/"
	stsNamespace = "https://sts.amazonaws.com/doc/2011-06-15/"
)

func TestAppendXML(t *testing.T) {
	at := time.Date(2015, 12, 8, 21, 23, 45, 0, time.UTC)
	later := at.Add(7*time.Millisecond + 999).In(time.FixedZone("", 3600))
	for _, c := range []struct {
		action string
		out    any
		want   string
	}{
		{"DeleteUser", &iam.DeleteUserOutput{}, ""},
		{"DeleteUser", nil, ""},
		{"DeleteUser", (*iam.DeleteUserOutput)(nil), ""},
		{"UpdateRole", &iam.UpdateRoleOutput{}, "<UpdateRoleResult/>"},
		{"GetUser", &iam.GetUserOutput{}, "<GetUserResult/>"},
		{"GetUser", iam.GetUserOutput{User: &types.User{}}, "<GetUserResult><User/></GetUserResult>"},
		{"CreateUser", &iam.CreateUserOutput{User: &types.User{
			Arn: aws.String("arn:aws:iam::1:user/a&b"), CreateDate: &at, PasswordLastUsed: &later, Path: aws.String(""), Tags: []types.Tag{}}},
			"<CreateUserResult><User><Arn>arn:aws:iam::1:user/a&amp;b</Arn><CreateDate>2015-12-08T21:23:45Z</CreateDate><Path/>" +
				"<PasswordLastUsed>2015-12-08T21:23:45.007Z</PasswordLastUsed><Tags/></User></CreateUserResult>"},
		{"ListUsers", &iam.ListUsersOutput{Users: []types.User{}}, "<ListUsersResult><Users/><IsTruncated>false</IsTruncated></ListUsersResult>"},
		{"ListDelegationRequests", &iam.ListDelegationRequestsOutput{IsTruncated: true}, "<ListDelegationRequestsResult><isTruncated>true</isTruncated></ListDelegationRequestsResult>"},
		{"GetAccountSummary", &iam.GetAccountSummaryOutput{SummaryMap: map[string]int32{"Users": 2, "Groups": -1}},
			"<GetAccountSummaryResult><SummaryMap><entry><key>Groups</key><value>-1</value></entry><entry><key>Users</key><value>2</value></entry></SummaryMap></GetAccountSummaryResult>"},
		{"GetCredentialReport", &iam.GetCredentialReportOutput{Content: []byte{0, 255}, ReportFormat: "text/csv"},
			"<GetCredentialReportResult><Content>AP8=</Content><ReportFormat>text/csv</ReportFormat></GetCredentialReportResult>"},
		{"Op", everything{Texts: []string{"<>\"'\t\n\r\x00\x1f\uFFFE\xff]]>😀"}, Lists: [][]string{{}, {""}}, Double: aws.Float64(math.Inf(-1)), Float: aws.Float32(.1), Any: 1,
			Union: &types.PolicyIdentifierMemberPolicyArn{Value: "a<"}},
			"<OpResult><Double>-Infinity</Double><Float>0.1</Float><Plain>false</Plain><Count>0</Count>" +
				"<Texts><member>&lt;&gt;&quot;'\t\n&#xD;\uFFFD\uFFFD\uFFFD\uFFFD]]&gt;😀</member></Texts><Lists><member/><member><member/></member></Lists><Any/><Union><PolicyArn>a&lt;</PolicyArn></Union></OpResult>"},
	} {
		got := string(AppendXML([]byte("x"), c.action, iamNamespace, c.out, "id&"))
		want := "x<" + c.action + `Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/">` + c.want +
			"<ResponseMetadata><RequestId>id&amp;</RequestId></ResponseMetadata></" + c.action + "Response>"
		if got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.action, got, want)
		}
		if err := xml.Unmarshal([]byte(got[1:]), new(struct{})); err != nil {
			t.Errorf("%s: %v", got, err)
		}
	}
}

func TestErrorAppendXML(t *testing.T) {
	for _, c := range []struct {
		err  *Error
		want string
	}{
		{&Error{Code: "NoSuchEntity", Status: 404, Message: "The user with name <b> cannot be found."},
			"<Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>The user with name &lt;b&gt; cannot be found.</Message></Error>"},
		{&Error{Code: "ServiceFailure", Status: 500}, "<Error><Type>Receiver</Type><Code>ServiceFailure</Code></Error>"},
	} {
		got := string(c.err.AppendXML([]byte("x"), iamNamespace, "id"))
		want := `x<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">` + c.want + "<RequestId>id</RequestId></ErrorResponse>"
		if got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}

func TestErrorForQuery(t *testing.T) {
	e := Validation("bad")
	if q := e.ForQuery(); q.Code != "ValidationError" || q.Status != 400 || q.Message != "bad" || e.Code != "ValidationException" {
		t.Errorf("got %v of %v", q, e)
	}
	e = &Error{Code: "AccessDeniedException", Status: 400, Message: "no"}
	if q := e.ForQuery(); q.Code != "AccessDenied" || q.Status != 403 {
		t.Errorf("got %v", q)
	}
	e = &Error{Code: "NoSuchEntity", Status: 404}
	if e.ForQuery() != e {
		t.Error("another error than its own")
	}
}

// FuzzText checks that every text makes XML that is read as the text, but for what XML can't have.
func FuzzText(f *testing.F) {
	f.Add("a&b<c>\r\n\"\x00\xff]]>")
	f.Fuzz(func(t *testing.T, s string) {
		var got struct {
			Attribute string `xml:"a,attr"`
			Text      string `xml:"t"`
		}
		doc := string(appendText([]byte(`<x a="`), strings.ReplaceAll(s, "\n", " "))) + `"><t>` + string(appendText(nil, s)) + "</t></x>"
		if err := xml.Unmarshal([]byte(doc), &got); err != nil {
			t.Fatalf("%q: %v", doc, err)
		}
		want := strings.Map(func(r rune) rune {
			if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
				return '\uFFFD'
			}
			return r
		}, s)
		if got.Text != want || got.Attribute != strings.ReplaceAll(want, "\n", " ") {
			t.Fatalf("%q became %q and %q", s, got.Text, got.Attribute)
		}
	})
}
