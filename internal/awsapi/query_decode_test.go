package awsapi

import (
	"errors"
	"math"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"
)

// everything has the kinds of members that the protocol has and IAM's inputs do not.
type everything struct {
	Text     *string
	Int      *int32
	Long     *int64
	Double   *float64
	Float    *float32
	Flag     *bool
	Plain    bool
	Count    int32
	Time     *time.Time
	Blob     []byte
	Kind     types.StatusType
	Texts    []string
	Kinds    []types.StatusType
	Lists    [][]string
	Map      map[string]string
	Deep     map[string]everything
	Child    *everything
	Children []everything
	Any      any
	Union    types.PolicyIdentifier

	ResultMetadata *string
	hidden         string
}

func decodeText(t *testing.T, form string, dst any) error {
	t.Helper()
	f, err := ParseForm("", []byte(form))
	if err != nil {
		t.Fatalf("%s: %v", form, err)
	}
	return DecodeQuery(f, dst, policyIdentifiers...)
}

func TestDecodeQuery(t *testing.T) {
	at := func(s string) *time.Time {
		v, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			t.Fatal(err)
		}
		return &v
	}
	for _, c := range []struct {
		form string
		want any
	}{
		{"Action=CreateUser&Version=2010-05-08&UserName=bob&Path=&Tags.member.2.Key=b&Tags.member.1.Key=a&Tags.member.2.Value=2&Tags.member.1.Value=1",
			&iam.CreateUserInput{UserName: aws.String("bob"), Path: aws.String(""), Tags: []types.Tag{
				{Key: aws.String("a"), Value: aws.String("1")}, {Key: aws.String("b"), Value: aws.String("2")}}}},
		{"Tags=", &iam.CreateUserInput{Tags: []types.Tag{}}},
		{"Tags=&Tags.member.1.Key=a", &iam.CreateUserInput{Tags: []types.Tag{{Key: aws.String("a")}}}},
		{"Tags.member.1=", &iam.CreateUserInput{Tags: []types.Tag{{}}}},
		{"UserNames=x&username=y&User=z&hidden=1&Tag.member.1.Key=a&.=&..x=", &iam.CreateUserInput{}},
		{"PolicyArns.member.1.arn=arn:x", &sts.AssumeRoleInput{PolicyArns: []ststypes.PolicyDescriptorType{{Arn: aws.String("arn:x")}}}},
		// Indexes are numbers, not texts; what is left out has no value.
		{"Texts.member.10=j&Texts.member.9=i&Texts.member.2=b", &everything{Texts: []string{"", "b", "", "", "", "", "", "", "i", "j"}}},
		{"Texts.member.11=k", &everything{Texts: []string{"", "", "", "", "", "", "", "", "", "", "k"}}},
		{"Children.member.2.Text=b", &everything{Children: []everything{{}, {Text: aws.String("b")}}}},
		{"Kinds.member.1=Active&Kind=Inactive", &everything{Kinds: []types.StatusType{"Active"}, Kind: "Inactive"}},
		{"Lists.member.1.member.1=a&Lists.member.2=", &everything{Lists: [][]string{{"a"}, {}}}},
		{"Map.entry.1.key=k&Map.entry.1.value=v&Map.entry.7.key=&Map.entry.7.value=", &everything{Map: map[string]string{"k": "v", "": ""}}},
		{"Map=", &everything{Map: map[string]string{}}},
		{"Deep.entry.1.key=k&Deep.entry.1.value.Child.Int=3", &everything{Deep: map[string]everything{"k": {Child: &everything{Int: aws.Int32(3)}}}}},
		{"Child=", &everything{Child: &everything{}}},
		{"Child.Unheard=1", &everything{Child: &everything{}}},
		{"Any=&Any.x=2&Union.Unheard=1&ResultMetadata=x", nil},
		{"Union.PolicyArn=arn:x", &everything{Union: &types.PolicyIdentifierMemberPolicyArn{Value: "arn:x"}}},
		{"Int=-2147483648&Long=%2B9223372036854775807&Count=007", &everything{Int: aws.Int32(math.MinInt32), Long: aws.Int64(math.MaxInt64), Count: 7}},
		{"Flag=false&Plain=1", &everything{Flag: aws.Bool(false), Plain: true}},
		{"Double=-1.5e3&Float=.5", &everything{Double: aws.Float64(-1500), Float: aws.Float32(.5)}},
		{"Double=-Infinity", &everything{Double: aws.Float64(math.Inf(-1))}},
		{"Double=INF", &everything{Double: aws.Float64(math.Inf(1))}},
		{"Blob=AP8%3D", &everything{Blob: []byte{0, 255}}},
		{"Blob=", &everything{Blob: []byte{}}},
		{"Time=2015-12-08T21:23:45Z", &everything{Time: at("2015-12-08T21:23:45Z")}},
		{"Time=2015-12-08T21:23:45.123456Z", &everything{Time: at("2015-12-08T21:23:45.123456Z")}},
		{"Time=2015-12-08T21:23:45%2B02:00", &everything{Time: at("2015-12-08T19:23:45Z")}},
		{"Time=2015-12-08T21:23:45", &everything{Time: at("2015-12-08T21:23:45Z")}},
		{"Time=20151208T212345Z", &everything{Time: at("2015-12-08T21:23:45Z")}},
		{"Time=2015-12-08", &everything{Time: at("2015-12-08T00:00:00Z")}},
	} {
		if c.want == nil {
			c.want = &everything{}
		}
		got := reflect.New(reflect.TypeOf(c.want).Elem()).Interface()
		if err := decodeText(t, c.form, got); err != nil {
			t.Errorf("%s: %v", c.form, err)
		} else if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: read %+v, want %+v", c.form, got, c.want)
		}
	}
}

func TestMalformedInput(t *testing.T) {
	for form, want := range map[string]string{
		"Text.member.1=a":       "Start of list found where not expected",
		"Text=a&Text.b=c":       "Start of list found where not expected",
		"Blob.member.1=a":       "Start of list found where not expected",
		"Texts.1=a":             "Start of list found where not expected",
		"Texts.entry.1=a":       "Start of list found where not expected",
		"Texts.member.x=a":      "Start of list found where not expected",
		"Texts.member.1x=a":     "Start of list found where not expected",
		"Texts.member.-1=a":     "Start of list found where not expected",
		"Texts.member.=a":       "Start of list found where not expected",
		"Texts.member.%D9%A1=a": "Start of list found where not expected",
		"Texts.member.1.x=a":    "Start of list found where not expected",
		"Children.member.1=&Children.member.1-x=&Children.member.1.Text=a": "Start of list found where not expected",
		"Texts=a":                              "Unexpected list element termination",
		"Texts.member=a":                       "Unexpected list element termination",
		"Map=a":                                "Unexpected list element termination",
		"Union=a":                              "Unexpected complex element termination",
		"Union.PolicyArn=a&Union.PolicyType=b": "Unexpected complex element termination",
		"Union.PolicyArn.x=a":                  "Start of list found where not expected",
		"Child=a":                              "Unexpected complex element termination",
		"Children.member.1=a":                  "Unexpected complex element termination",
		"Map.entry.1=a":                        "Unexpected complex element termination",
		"Map.entry.1.value=a":                  "Unexpected complex element termination",
		"Map.entry.1.key=a":                    "Unexpected complex element termination",
		"Texts.member.0=a":                     "0 is not a valid index",
		"Texts.member.01=a":                    "Value found where not expected",
		"Texts.member.12=a":                    "Excessively sparse input would skip 11 list elements",
		"Texts.member.1=a&Texts.member.12=b":   "Excessively sparse input would skip 11 list elements",
		"Texts.member.100000000=a":             "Excessively sparse input would skip 99,999,999 list elements",
		"Texts.member.1000000000=a":            "Index 1000000000 is illegal",
		"Texts.member.99999999999999999999=":   "Index 99999999999999999999 is illegal",
		"Int=2147483648":                       "integer must follow xsd1.1 definition",
		"Int=":                                 "integer must follow xsd1.1 definition",
		"Long=1.0":                             "integer must follow xsd1.1 definition",
		"Long=1_0":                             "integer must follow xsd1.1 definition",
		"Double=0x1p4":                         "double must follow xsd1.1 definition",
		"Double=inf":                           "double must follow xsd1.1 definition",
		"Flag=True":                            "boolean must follow xsd1.1 definition",
		"Plain=":                               "missing value for boolean type",
		"Time=1449609825":                      "timestamp must follow ISO8601",
		"Time=":                                "timestamp must follow ISO8601",
		"Time=2015-12-08T21:23:45.1234567Z":    "timestamp must follow ISO8601",
		"Time=2015-13-08T21:23:45Z":            "timestamp must follow ISO8601",
		"Blob=a":                               "blob must follow RFC 4648 base64",
		"Deep.entry.1.key=k&Deep.entry.1.value.Flag=x": "boolean must follow xsd1.1 definition",
	} {
		err := decodeText(t, form, new(everything))
		var e *Error
		if !errors.As(err, &e) || e.Code != "MalformedInput" || e.Status != 400 || e.Message != want {
			t.Errorf("%s: got %v, want %q", form, err, want)
		}
	}
}

// TestHostileForms has forms that ask for more memory or a deeper stack than they are worth.
func TestHostileForms(t *testing.T) {
	var sparse, deep strings.Builder
	for i := range maxParameters / 11 {
		sparse.WriteString("&Children.member." + strings.ReplaceAll(thousands(11*(i+1)), ",", "") + ".Text=")
	}
	for deep.Len() < maxNameLength-6 {
		deep.WriteString("Child.")
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, form := range []string{"Texts.member.214748369=", "Lists.member.11.member.11=", sparse.String(), deep.String() + "="} {
		_ = decodeText(t, form, new(everything))
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 64<<20 {
		t.Errorf("took %d bytes", n)
	}
}

func FuzzDecodeQuery(f *testing.F) {
	for _, s := range []string{
		"Action=CreateUser&Version=2010-05-08&UserName=bob&Tags.member.1.Key=a", "Texts=", "Texts.member.11=a", "Lists.member.2.member.1=x",
		"Map.entry.1.key=k&Map.entry.1.value=v", "Time=2015-12-08T21:23:45.1Z&Flag=1&Int=%2B1&Double=1e3&Blob=AA%3D%3D", "Child.Child.Children.member.1.Text=1",
		"Deep.entry.3.key=k&Deep.entry.3.value.Texts.member.1=", "a&b=&=c&.=..",
	} {
		f.Add("", []byte(s))
		f.Add(s, []byte("x"))
	}
	f.Fuzz(func(t *testing.T, query string, body []byte) {
		form, err := ParseForm(query, body)
		var e *Error
		if err != nil {
			if !errors.As(err, &e) {
				t.Fatalf("no error of the wire: %v", err)
			}
			return
		}
		for i, p := range form.params {
			if v, ok := form.Value(p.name); !ok || v != p.value {
				t.Fatalf("%q is %q, %v; want %q", p.name, v, ok, p.value)
			}
			if i > 0 && form.params[i-1].name >= p.name {
				t.Fatalf("%q comes before %q", form.params[i-1].name, p.name)
			}
		}
		var in everything
		if err := DecodeQuery(form, &in); err != nil {
			if !errors.As(err, &e) || e.Status != 400 {
				t.Fatalf("no error of the wire: %v", err)
			}
			return
		}
		// What was read can be written.
		_ = AppendXML(nil, "Op", "ns", &in, "id")
		_ = in.hidden
	})
}
