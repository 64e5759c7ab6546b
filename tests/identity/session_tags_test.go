package identity

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// IAM User Guide, "Pass session tags in AWS STS".

func tagged(pairs ...string) func(*sts.AssumeRoleInput) {
	return func(in *sts.AssumeRoleInput) { in.Tags = append(in.Tags, tags(pairs...)...) }
}

func transitive(keys ...string) func(*sts.AssumeRoleInput) {
	return func(in *sts.AssumeRoleInput) { in.TransitiveTagKeys = keys }
}

// both are the actions that a trust policy and a user need for a session with tags.
const both = "sts:AssumeRole sts:TagSession"

// ifTag allows listing tables to principals with that tag.
func ifTag(key, value string) string {
	return statement("Allow", "dynamodb:ListTables", "*", `{"StringEquals":{"aws:PrincipalTag/`+key+`":"`+value+`"}}`)
}

func noTagSession(principal, roleARN string) string {
	return "User: " + principal + " is not authorized to perform: sts:TagSession on resource: " + roleARN
}

func TestTagSessionPermission(t *testing.T) {
	t.Parallel()
	able, unable := user(t, "able", allow(both, "*")), user(t, "unable", allow("sts:AssumeRole", "*"))
	for _, c := range []struct {
		name, trust string
		by          person
		ok          bool
	}{
		{"both allow", trusting("Allow", root, both, ""), able, true},
		{"the trust policy does not", trust(root), able, false},
		{"the user's policy does not", trusting("Allow", root, both, ""), unable, false},
		{"the trust policy names the user", trusting("Allow", unable.arn, both, ""), unable, true},
		{"the trust policy names the user without it", trusting("Allow", unable.arn, "sts:AssumeRole", ""), unable, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := role(t, "role", c.trust)
			session(t, c.by.creds, r.arn) // without tags it needs no permission for them
			_, err := assume(t, c.by.creds, r.arn, tagged("Project=Automation"))
			if c.ok {
				works(t, "with a tag", err)
			} else {
				denied(t, "with a tag", err, noTagSession(c.by.arn, r.arn))
			}
		})
	}
}

// The guide's example of a trust policy that requires tags, allows some values, and some transitive keys.
func TestRequestTagsInTrustPolicy(t *testing.T) {
	t.Parallel()
	u := user(t, "test-session-tags")
	r := role(t, "role", trust(u.arn))
	r.trusts(t,
		trusting("Allow", u.arn, "sts:AssumeRole", `{"StringLike":{"aws:RequestTag/Project":"*","aws:RequestTag/CostCenter":"*"}}`),
		trusting("Allow", u.arn, "sts:TagSession", `{"StringLike":{"aws:RequestTag/Project":"*","aws:RequestTag/CostCenter":"*"},
			"StringEquals":{"aws:RequestTag/Department":["Engineering","Marketing"]},
			"ForAllValues:StringEquals":{"sts:TransitiveTagKeys":["Project","Department"]}}`))
	all := []string{"Project=Automation", "CostCenter=12345", "Department=Engineering"}
	for _, c := range []struct {
		name       string
		tags, keys []string
		ok         bool
	}{
		{"all tags", all, nil, true},
		{"all tags, two transitive", all, []string{"Project", "Department"}, true},
		{"a transitive key that is not allowed", all, []string{"Project", "CostCenter"}, false},
		{"a value that is not allowed", []string{"Project=Automation", "CostCenter=12345", "Department=Sales"}, nil, false},
		{"a tag missing", []string{"Project=Automation", "Department=Engineering"}, nil, false},
		{"no tags", nil, nil, false},
		{"keys in other case", []string{"PROJECT=Automation", "costcenter=12345", "department=Engineering"}, nil, true},
	} {
		_, err := assume(t, u.creds, r.arn, tagged(c.tags...), transitive(c.keys...))
		if c.ok {
			works(t, c.name, err)
		} else {
			denied(t, c.name, err)
		}
	}
}

// A key that is named twice is one.
func TestTransitiveTagTwice(t *testing.T) {
	t.Parallel()
	u := user(t, "user")
	first := role(t, "first", trusting("Allow", u.arn, both, ""), allow(both, "*"))
	second := role(t, "second", trusting("Allow", root, both, ""), ifTag("Star", "1"))
	a := session(t, u.creds, first.arn, tagged("Star=1"), transitive("Star", "star", "Star"))
	works(t, "the next role", listTables(t, session(t, a, second.arn)))
}

// The keys of tags are compared as they are, but for the case of ASCII letters: one that only looks like what a policy
// asks for is not it, and other letters are not lost.
func TestTagKeysThatLookAlike(t *testing.T) {
	t.Parallel()
	u := user(t, "user")
	for _, c := range []struct {
		asked, given string
		ok           bool
	}{
		{"market", "Market", true},
		{"market", "mar\u212aet", false}, // the Kelvin sign, whose lower case is k
		{"GRÖSSE", "GRÖSSE", true},
		{"Grösse", "Größe", false},
	} {
		t.Run(c.given, func(t *testing.T) {
			condition := `{"StringEquals":{"aws:RequestTag/` + c.asked + `":"a"}}`
			r := role(t, "role", trusting("Allow", u.arn, both, condition))
			_, err := assume(t, u.creds, r.arn, tagged(c.given+"=a"))
			own := user(t, "tagger", statement("Allow", "iam:TagUser", "*", condition))
			_, tagErr := iamOf(own.creds).TagUser(t.Context(), &iam.TagUserInput{UserName: &own.name, Tags: marks(c.given + "=a")})
			for what, err := range map[string]error{"a session tag": err, "a user's tag": tagErr} {
				if c.ok {
					works(t, what, err)
				} else {
					denied(t, what, err)
				}
			}
		})
	}
}

func TestTagKeysCondition(t *testing.T) {
	t.Parallel()
	u := user(t, "user")
	r := role(t, "role", trusting("Allow", u.arn, both, `{"ForAllValues:StringEquals":{"aws:TagKeys":["Project","CostCenter"]}}`))
	session(t, u.creds, r.arn, tagged("Project=a", "CostCenter=b"))
	_, err := assume(t, u.creds, r.arn, tagged("Project=a", "Heart=b"))
	denied(t, "a key that is not allowed", err)
}

func TestPrincipalTags(t *testing.T) {
	t.Parallel()
	u := user(t, "user")
	r := roleWith(t, &iam.CreateRoleInput{
		RoleName: aws.String(named(t, "role")), AssumeRolePolicyDocument: aws.String(doc(trusting("Allow", u.arn, both, ""))),
		Tags: marks("Department=Marketing", "Site=Berlin"),
	}, ifTag("Department", "Engineering"), statement("Allow", "dynamodb:DescribeLimits", "*", `{"StringEquals":{"aws:PrincipalTag/site":"Berlin"}}`))

	s := session(t, u.creds, r.arn)
	deniedData(t, "the role's own tag", listTables(t, s))
	works(t, "the role's other tag, its key in other case", describeLimits(t, s))

	s = session(t, u.creds, r.arn, tagged("department=Engineering"))
	works(t, "a session tag overrides the role's, its key in other case", listTables(t, s))
	works(t, "the role's other tag", describeLimits(t, s))

	s = session(t, u.creds, r.arn, tagged("Department=engineering"))
	deniedData(t, "values differ by case", listTables(t, s))
}

// A user's tags are no tags of the sessions of a role.
func TestUserTagsStayWithTheUser(t *testing.T) {
	t.Parallel()
	u := user(t, "user", ifTag("Project", "Automation"))
	r := role(t, "role", trust(u.arn), ifTag("Project", "Automation"))
	deniedData(t, "without the tag", listTables(t, u.creds))
	_, err := admin().TagUser(t.Context(), &iam.TagUserInput{UserName: &u.name, Tags: marks("Project=Automation")})
	must(t, "tag user", err)
	works(t, "the user", listTables(t, u.creds))
	deniedData(t, "a session of the role", listTables(t, session(t, u.creds, r.arn)))
}

// Transitive tags stay with all sessions of a chain, the others with the first.
func TestTransitiveTags(t *testing.T) {
	t.Parallel()
	u := user(t, "user")
	first := role(t, "first", trusting("Allow", u.arn, both, ""), allow(both, "*"))
	second := roleWith(t, &iam.CreateRoleInput{
		RoleName: aws.String(named(t, "second")), AssumeRolePolicyDocument: aws.String(doc(trusting("Allow", root, both, ""))),
		Tags: marks("Star=4", "Moon=5"),
	}, allow(both, "*"), ifTag("Star", "1"), statement("Allow", "dynamodb:DescribeLimits", "*", `{"Null":{"aws:PrincipalTag/Heart":"false"}}`),
		statement("Allow", "iam:ListUsers", "*", `{"StringEquals":{"aws:PrincipalTag/Moon":"5"}}`))
	third := role(t, "third", trusting("Allow", root, both, ""), ifTag("Star", "1"))

	a := session(t, u.creds, first.arn, tagged("Star=1", "Heart=1"), transitive("Star"))
	b := session(t, a, second.arn)
	works(t, "the transitive tag overrides the second role's", listTables(t, b))
	deniedData(t, "the tag that is not transitive", describeLimits(t, b))
	works(t, "the second role's own tag", listUsers(t, b))
	c := session(t, b, third.arn)
	works(t, "the transitive tag in a third session", listTables(t, c))

	const conflict = "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session."
	for _, pair := range []string{"Star=3", "star=1"} {
		_, err := assume(t, a, second.arn, tagged(pair))
		fails(t, "a tag that was inherited: "+pair, err, 400, "InvalidParameterValue", conflict)
	}
	b = session(t, a, second.arn, tagged("Heart=3"), transitive("Heart"))
	works(t, "a tag that was not inherited", describeLimits(t, b))
	works(t, "with one that was", listTables(t, b))
}

// A chained session with inherited tags needs the permission to tag it.
func TestInheritedTagsNeedPermission(t *testing.T) {
	t.Parallel()
	u := user(t, "user")
	first := role(t, "first", trusting("Allow", u.arn, both, ""), allow(both, "*"))
	second := role(t, "second", trust(root))
	session(t, session(t, u.creds, first.arn, tagged("Star=1")), second.arn)
	s := session(t, u.creds, first.arn, tagged("Star=1"), transitive("Star"))
	_, err := assume(t, s, second.arn)
	denied(t, "inherited tags", err, noTagSession(whoami(t, s), second.arn))
	second.trusts(t, trusting("Allow", root, both, ""))
	session(t, s, second.arn)
}

func TestSessionTagsThatMayNotBe(t *testing.T) {
	t.Parallel()
	u := user(t, "user")
	r := role(t, "role", trusting("Allow", u.arn, both, ""))
	_, err := assume(t, u.creds, r.arn, tagged("Project=a"), transitive("CostCenter"))
	fails(t, "a transitive key without a tag", err, 400, "InvalidParameterValue", "The specified transitive tag key must be included in the requested tags.")
	_, err = assume(t, u.creds, r.arn, tagged("Project=a", "project=b"))
	fails(t, "a key twice", err, 400, "InvalidParameterValue", "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
	_, err = assume(t, u.creds, r.arn, tagged("aws:reserved=a"))
	if a := answered(err); a.status != 400 {
		t.Errorf("a key of AWS's own: %v, want status 400", err)
	}
	session(t, u.creds, r.arn, tagged("Empty="))
	session(t, u.creds, r.arn, tagged("Key with spaces and _.:/+-@=value"))
	session(t, u.creds, r.arn, tagged("Schlüssel=Wert mit Ümlaut"))
}
