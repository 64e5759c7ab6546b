package accessanalyzer

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/statordb/stator/internal/awsapi"
)

// service knows a few operations.
func service() *Service {
	var ops []awsapi.Operation
	for _, name := range []string{"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "iam:CreateUser", "iam:GetUser", "sts:AssumeRole", "sts:AssumeRoleWithSAML"} {
		s, n, _ := strings.Cut(name, ":")
		ops = append(ops, awsapi.Operation{Service: s, Name: n})
	}
	return New(ops)
}

// shown is a finding in short: its code, the path, and the text that it is about.
func shown(document string, f finding) string {
	out := f.Type + " " + f.Code + " "
	for _, s := range f.Locations[0].Path {
		switch {
		case s.Index != nil:
			out += "[" + string(rune('0'+*s.Index)) + "]"
		case s.Key != "":
			out += "." + s.Key + "!"
		default:
			out += "." + s.Value
		}
	}
	p := f.Locations[0].Span
	text := document[p.Start.Offset:p.End.Offset]
	if len(text) > 30 {
		text = "…"
	}
	return out + " " + text
}

func TestFindings(t *testing.T) {
	const good = `"Effect":"Allow","Action":"dynamodb:GetItem","Resource":"*"`
	identity := func(statement string) string { return `{"Version":"2012-10-17","Statement":[{` + statement + `}]}` }
	for _, c := range []struct {
		typ, resource, document string
		want                    []string
	}{
		{"", "", identity(good), nil},
		{"", "", `{"Version":"2012-10-17",}`, []string{`ERROR JSON_SYNTAX_ERROR  `}},
		{"", "", `[]`, []string{`ERROR DATA_TYPE_MISMATCH  []`}},
		{"", "", strings.Repeat(`{"a":`, 40) + `1` + strings.Repeat(`}`, 40), []string{`ERROR DATA_TYPE_MISMATCH  …`}},
		{"", "", `{"Statement":{` + good + `}}`, []string{`WARNING MISSING_VERSION  …`}},
		{"", "", `{"Version":"2012-10-18"}`, []string{`ERROR INVALID_VERSION .Version "2012-10-18"`, `ERROR MISSING_STATEMENT  {"Version":"2012-10-18"}`}},
		{"", "", `{"Version":"2012-10-17","Statement":[{` + good + `}],"Foo":1}`, []string{`ERROR INVALID_POLICY_ELEMENT .Foo! "Foo"`}},
		{"", "", identity(``), []string{`ERROR MISSING_EFFECT .Statement[0] {}`, `ERROR MISSING_ACTION .Statement[0] {}`, `ERROR MISSING_RESOURCE .Statement[0] {}`}},
		{"", "", identity(`"Effect":"allow","Action":[],"Resource":[]`), []string{`ERROR INVALID_EFFECT .Statement[0].Effect "allow"`,
			`SUGGESTION EMPTY_ARRAY_ACTION .Statement[0].Action []`, `SUGGESTION EMPTY_ARRAY_RESOURCE .Statement[0].Resource []`}},
		{"", "", identity(good + `,"NotAction":"x:Y","Sid":"a b","Principal":"*"`), []string{`ERROR UNSUPPORTED_SID .Statement[0].Sid "a b"`,
			`ERROR UNSUPPORTED_ELEMENT_COMBINATION .Statement[0] …`, `ERROR UNSUPPORTED_PRINCIPAL .Statement[0].Principal "*"`}},
		{"", "", identity(`"Effect":"Allow","Action":["dynamodb:GetItm","dynamodb:Get*","dynamodb:GetItem","Foo","d*:GetItem","s3:Anything","iam:Nonsense"],"Resource":"*"`), []string{
			`ERROR INVALID_ACTION .Statement[0].Action[0] "dynamodb:GetItm"`, `ERROR INVALID_ACTION .Statement[0].Action[3] "Foo"`,
			`SUGGESTION WILDCARD_IN_SERVICE_NAME .Statement[0].Action[4] "d*:GetItem"`, `ERROR INVALID_ACTION .Statement[0].Action[6] "iam:Nonsense"`,
			`SUGGESTION REDUNDANT_ACTION .Statement[0].Action …`}},
		{"", "", identity(`"Effect":"Allow","Action":"dynamodb:GetItem","Resource":["table/t","arn:aws:dynamodb:table","arn:aws:dynamodb:us-east-1:12:table/t",
			"arn:aws:DynamoDB:us-east-1:123456789012:table/t","arn:aws:iam:us-east-1:123456789012:user/u","arn:aws:dynamodb:us-east-1:123456789012:item/t","arn:aws:dynamodb::123456789012:table/t","arn:foo:s3:::b"]`), []string{
			`ERROR INVALID_ARN_PREFIX .Statement[0].Resource[0] "table/t"`, `ERROR MISSING_ARN_FIELD .Statement[0].Resource[1] "arn:aws:dynamodb:table"`,
			`ERROR INVALID_ARN_ACCOUNT .Statement[0].Resource[2] …`, `ERROR INVALID_ARN_SERVICE_CASE .Statement[0].Resource[3] …`,
			`ERROR ARN_REGION_NOT_ALLOWED .Statement[0].Resource[4] …`, `ERROR INVALID_ARN_RESOURCE .Statement[0].Resource[5] …`,
			`ERROR MISSING_ARN_REGION .Statement[0].Resource[6] …`, `ERROR INVALID_PARTITION .Statement[0].Resource[7] "arn:foo:s3:::b"`}},
		{"", "", identity(good + `,"Condition":{"StringLikes":{"aws:username":"a"},"NullIfExists":{"aws:username":"true"},"StringEquals":{"username":"a","aws:usernam":"b","aws:UserName":"a*","AWS:username":[],"aws:TagKeys":"x"},
			"ForAllValues:StringLike":{"aws:username":"a"},"Bool":{"aws:SecureTransport":["true","false"]},"IpAddress":{"aws:SourceIp":"10.0.0"},"NumericEquals":{"s3:max-keys":"ten"},"DateLessThan":{"aws:CurrentTime":"soon"},"StringNotEquals":{}}`), []string{
			`ERROR INVALID_CONDITION_OPERATOR .Statement[0].Condition.StringLikes! "StringLikes"`, `ERROR NULL_WITH_IF_EXISTS .Statement[0].Condition.NullIfExists! "NullIfExists"`,
			`ERROR INVALID_CONDITION_KEY_FORMAT .Statement[0].Condition.StringEquals.username! "username"`,
			`ERROR INVALID_GLOBAL_CONDITION_KEY .Statement[0].Condition.StringEquals.aws:usernam! "aws:usernam"`,
			`WARNING WILDCARD_WITHOUT_LIKE_OPERATOR .Statement[0].Condition.StringEquals.aws:UserName "a*"`,
			`ERROR DUPLICATE_KEYS_WITH_DIFFERENT_CASE .Statement[0].Condition.StringEquals.AWS:username! "AWS:username"`,
			`SUGGESTION EMPTY_ARRAY_CONDITION .Statement[0].Condition.StringEquals.AWS:username []`,
			`ERROR MISSING_QUALIFIER .Statement[0].Condition.StringEquals.aws:TagKeys! "aws:TagKeys"`,
			`SECURITY_WARNING FORALLVALUES_WITH_SINGLE_VALUED_KEY .Statement[0].Condition.ForAllValues:StringLike.aws:username! "aws:username"`,
			`ERROR INVALID_CONDITION_MULTIPLE_BOOLEAN .Statement[0].Condition.Bool.aws:SecureTransport ["true","false"]`,
			`ERROR TYPE_MISMATCH_IP_RANGE .Statement[0].Condition.IpAddress.aws:SourceIp "10.0.0"`, `ERROR TYPE_MISMATCH_NUMBER .Statement[0].Condition.NumericEquals.s3:max-keys "ten"`,
			`ERROR TYPE_MISMATCH_DATE .Statement[0].Condition.DateLessThan.aws:CurrentTime "soon"`, `SUGGESTION EMPTY_OBJECT_CONDITION .Statement[0].Condition.StringNotEquals {}`}},
		{"", "", identity(`"Effect":"Allow","Action":"iam:Pass*","Resource":"*"`), []string{`SECURITY_WARNING PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE .Statement[0].Resource "*"`}},
		{"", "", identity(`"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"x.amazonaws.com"}}`), nil},
		{"", "", identity(`"Effect":"Allow","Action":"dynamodb:${a}","Resource":["arn:aws:dynamodb:us-east-1:123456789012:table/${aws:username","arn:aws:dynamodb:us-east-1:123456789012:table/${}","arn:aws:dynamodb:us-east-1:123456789012:table/${aws:username, 'x'}${*}"]`), []string{
			`ERROR VARIABLE_UNSUPPORTED_IN_ELEMENT .Statement[0].Action "dynamodb:${a}"`, `ERROR INVALID_ACTION .Statement[0].Action "dynamodb:${a}"`,
			`ERROR MISSING_BRACE_IN_VARIABLE .Statement[0].Resource[0] …`, `ERROR EMPTY_VARIABLE .Statement[0].Resource[1] …`}},
		{"RESOURCE_POLICY", dynamoTable, identity(`"Effect":"Allow","Principal":{"AWS":["123456789012","*","arn:aws:iam::123456789012:user/*"],"Foo":"x"},"Action":["dynamodb:GetItem","iam:GetUser"],"Resource":"arn:aws:s3:::b"`), []string{
			`ERROR UNSUPPORTED_WILDCARD_IN_PRINCIPAL .Statement[0].Principal.AWS[2] …`, `ERROR INVALID_PRINCIPAL_KEY .Statement[0].Principal.Foo! "Foo"`,
			`ERROR UNSUPPORTED_ACTION_IN_POLICY .Statement[0].Action[1] "iam:GetUser"`, `ERROR UNSUPPORTED_RESOURCE_ARN_IN_POLICY .Statement[0].Resource "arn:aws:s3:::b"`}},
		{"RESOURCE_POLICY", "", identity(`"Effect":"Allow","NotPrincipal":{"AWS":"123456789012"},"Action":"dynamodb:GetItem","Resource":"*"`), []string{
			`SECURITY_WARNING ALLOW_WITH_NOT_PRINCIPAL .Statement[0].NotPrincipal {"AWS":"123456789012"}`}},
		{"RESOURCE_POLICY", "", identity(good), []string{`ERROR MISSING_PRINCIPAL .Statement[0] …`}},
		{"RESOURCE_POLICY", roleTrust, identity(`"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com","AWS":"123456789012"},"Action":["sts:AssumeRole","sts:TagSession"]`), nil},
		{"RESOURCE_POLICY", roleTrust, identity(`"Effect":"Allow","Principal":"*","Action":"iam:GetUser","Resource":"*"`), []string{
			`ERROR ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL .Statement[0].Principal "*"`, `ERROR UNSUPPORTED_ACTION_IN_POLICY .Statement[0].Action "iam:GetUser"`,
			`ERROR ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE .Statement[0].Resource "*"`}},
	} {
		var got []string
		for _, f := range service().findings(c.document, c.typ, c.resource) {
			got = append(got, shown(c.document, f))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s\n got %s\nwant %s", c.document, strings.Join(got, "\n     "), strings.Join(c.want, "\n     "))
		}
	}
}

// Lines count from 1, columns and offsets from 0, in the units of JavaScript.
func TestPositions(t *testing.T) {
	const document = "{\n \"Version\": \"2012-10-17\",\n \"Id\": \"ü😀\", \"Statement\": 1\n}"
	got := service().findings(document, "IDENTITY_POLICY", "")
	want := span{position{3, 27, 55}, position{3, 28, 56}}
	if len(got) != 1 || got[0].Locations[0].Span != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// No policy that AWS manages has an error.
func TestManagedPoliciesHaveNoErrors(t *testing.T) {
	files, err := filepath.Glob("../identity/managed/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var f struct{ Document json.RawMessage }
		if err := json.Unmarshal(b, &f); err != nil {
			t.Fatal(err)
		}
		for _, f := range New(nil).findings(string(f.Document), "IDENTITY_POLICY", "") {
			if f.Type == isError && f.Code != "INVALID_ACTION" { // which needs all operations
				t.Errorf("%s: %+v", file, f)
			}
		}
	}
}

// Whatever the document, there is an answer, and every finding is within the document.
func FuzzFindings(f *testing.F) {
	f.Add(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["dynamodb:*"],"Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}]}`)
	f.Add(`{"Statement":[{"Principal":{"AWS":["a"]},"Condition":[1,null,{}]}]}`)
	f.Add(`{"Statement":{"Resource":"arn:aws:dynamodb:${x","Action":1,"Sid":{}}}`)
	f.Fuzz(func(t *testing.T, document string) {
		s := service()
		for _, typ := range [][2]string{{"IDENTITY_POLICY", ""}, {"RESOURCE_POLICY", ""}, {"RESOURCE_POLICY", roleTrust}, {"RESOURCE_POLICY", dynamoTable}} {
			for _, got := range s.findings(document, typ[0], typ[1]) {
				p := got.Locations[0].Span
				if p.Start.Offset < 0 || p.End.Offset < p.Start.Offset || p.End.Offset > len(document) || p.Start.Line < 1 || p.Start.Column < 0 {
					t.Errorf("%+v", got)
				}
			}
		}
	})
}
