package stator_test

import (
	"encoding/base64"
	"errors"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/statordb/stator"
)

// public are the operations that anyone may call who has a key ("Permissions for temporary security credentials" and
// GetCallerIdentity, AWS Security Token Service).
var public = []string{"GetCallerIdentity", "GetSessionToken"}

// notThere are the codes for operations that Stator does not have.
var notThere = []string{"UnknownOperationException", "NotImplemented", "InvalidAction"}

// A user without policies is refused every operation of every service. The operations are those that the SDK has, so
// no table can forget one; and each is refused before anything is looked for, or it would say what there is.
func TestNobodyMayDoAnything(t *testing.T) {
	s := open(t, stator.Options{Account: sampleAccount})
	defer s.Close()
	conf := newUser(t, config(t, s), "nobody")
	for _, c := range []struct {
		client  any
		atLeast int // operations that are there
	}{
		{dynamodb.NewFromConfig(conf), 36}, {iam.NewFromConfig(conf), 79}, {sts.NewFromConfig(conf), 8},
		{organizations.NewFromConfig(conf), 6}, {dynamodbstreams.NewFromConfig(conf), 4},
	} {
		there := 0
		client := reflect.ValueOf(c.client)
		for i := range client.NumMethod() {
			method, name := client.Method(i), client.Type().Method(i).Name
			if method.Type().NumOut() != 2 {
				continue // Options
			}
			err := callAny(t, method)
			got, status := code(err)
			if slices.Contains(notThere, got) {
				continue
			}
			there++
			switch {
			case slices.Contains(public, name):
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
			case strings.HasPrefix(name, "AssumeRoleWith") && got == "InvalidIdentityToken" && status == 400:
				// It is not who signed that counts, but whom a provider vouches for: here nobody.
			case name == "BatchExecuteStatement" && err == nil:
				// Each statement is refused in the answer: TestForbiddenStatementsOfBatches.
			case got == "AccessDenied" && status == 403, got == "AccessDeniedException" && status == 400:
			default: // or the function complete does not know what it requires
				t.Errorf("%s is not refused: %v", name, err)
			}
		}
		if there < c.atLeast {
			t.Errorf("%T has only %d operations", c.client, there)
		}
	}
}

// newUser makes a user and returns conf with its key.
func newUser(t *testing.T, conf aws.Config, name string) aws.Config {
	t.Helper()
	admin := iam.NewFromConfig(conf)
	if _, err := admin.CreateUser(t.Context(), &iam.CreateUserInput{UserName: &name}); err != nil {
		t.Fatal(err)
	}
	made, err := admin.CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: &name})
	if err != nil {
		t.Fatal(err)
	}
	return signedBy(conf, *made.AccessKey.AccessKeyId, *made.AccessKey.SecretAccessKey)
}

// What a user may do follows its policies from the next request on, and a refusal says why, in both protocols.
func TestPoliciesDecide(t *testing.T) {
	s := open(t, stator.Options{Account: "111122223333"})
	defer s.Close()
	conf := config(t, s)
	admin := iam.NewFromConfig(conf)
	ann := newUser(t, conf, "ann")
	put := func(statements string) {
		t.Helper()
		_, err := admin.PutUserPolicy(t.Context(), &iam.PutUserPolicyInput{UserName: aws.String("ann"), PolicyName: aws.String("p"),
			PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[` + statements + `]}`)})
		if err != nil {
			t.Fatal(err)
		}
	}
	check := func(message string) {
		t.Helper()
		_, err := dynamodb.NewFromConfig(ann).ListTables(t.Context(), nil)
		refused(t, err, "AccessDeniedException", 400, "dynamodb:ListTables", message)
		_, err = iam.NewFromConfig(ann).GetUser(t.Context(), &iam.GetUserInput{UserName: aws.String("ann")})
		refused(t, err, "AccessDenied", 403, "iam:GetUser", message)
	}
	check(" because no identity-based policy allows the ACTION action")
	const all = `{"Effect":"Allow","Action":"*","Resource":"*"}`
	put(all)
	check("")
	put(all + `,{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:username":"ann"}}}`)
	check(" with an explicit deny in an identity-based policy")
	put(`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":["127.0.0.0/8","::1"]},"Bool":{"aws:SecureTransport":"false"},
		"StringEquals":{"aws:PrincipalTag/team":"music"},"DateGreaterThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}}`)
	check(" because no identity-based policy allows the ACTION action")
	if _, err := admin.TagUser(t.Context(), &iam.TagUserInput{UserName: aws.String("ann"),
		Tags: []iamtypes.Tag{{Key: aws.String("team"), Value: aws.String("music")}}}); err != nil {
		t.Fatal(err)
	}
	check("")
	boundary, err := admin.CreatePolicy(t.Context(), &iam.CreatePolicyInput{PolicyName: aws.String("boundary"), PolicyDocument: aws.String(samplePolicy)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := admin.PutUserPermissionsBoundary(t.Context(), &iam.PutUserPermissionsBoundaryInput{
		UserName: aws.String("ann"), PermissionsBoundary: boundary.Policy.Arn}); err != nil {
		t.Fatal(err)
	}
	check(" because no permissions boundary allows the ACTION action")
}

// refused checks that an error is the refusal of an action with a reason, or that there is none if there is no reason.
func refused(t *testing.T, err error, wantCode string, wantStatus int, action, reason string) {
	t.Helper()
	if reason == "" {
		if err != nil {
			t.Errorf("%s: %v", action, err)
		}
		return
	}
	got, status := code(err)
	if want := "User: arn:aws:iam::111122223333:user/ann is not authorized to perform: " + action + " on resource: "; got != wantCode ||
		status != wantStatus || !strings.Contains(err.Error(), want) || !strings.HasSuffix(err.Error(), strings.ReplaceAll(reason, "ACTION", action)) {
		t.Errorf("%s: %v", action, err)
	}
}

// callAny calls an operation of the SDK with what it requires, which is found out by asking.
func callAny(t *testing.T, method reflect.Value) error {
	t.Helper()
	input := reflect.New(method.Type().In(1).Elem())
	complete(input.Elem())
	for range 10 {
		err, _ := method.Call([]reflect.Value{reflect.ValueOf(t.Context()), input})[1].Interface().(error)
		var missing smithy.InvalidParamsError
		if !errors.As(err, &missing) {
			if err == nil || !repair(input.Elem(), err) {
				return err
			}
			continue
		}
		for _, m := range missing.Errs() {
			if param, ok := m.(smithy.InvalidParamError); ok {
				_, path, _ := strings.Cut(param.Field(), ".")
				fill(input.Elem(), path)
			}
		}
	}
	t.Fatalf("%s: its required members are not found", input.Type())
	return nil
}

// constraint is the part of a refused input's error that names a member.
var constraint = regexp.MustCompile(`(null)? at '(\w+)' failed to satisfy constraint`)

// repair sets a member that the server, unlike the SDK, requires, or that it has taken for too short.
func repair(input reflect.Value, err error) bool {
	m := constraint.FindStringSubmatch(err.Error())
	if m == nil {
		return false
	}
	name := strings.ToUpper(m[2][:1]) + m[2][1:]
	f := input.FieldByName(name)
	if !f.IsValid() || m[1] == "" && f.Kind() != reflect.Pointer {
		return false
	}
	if m[1] == "" {
		name = "Arn" // which is longer
	}
	f.Set(sample(name, f.Type()))
	return true
}

// complete sets what an operation requires besides the members that the SDK knows of.
func complete(input reflect.Value) {
	item := map[string]types.AttributeValue{"a": &types.AttributeValueMemberS{Value: "x"}}
	if arn := input.FieldByName("ResourceArn"); arn.IsValid() {
		arn.Set(reflect.ValueOf(aws.String("arn:aws:dynamodb:eu-west-1:" + sampleAccount + ":table/sample")))
	}
	switch in := input.Addr().Interface().(type) {
	case *organizations.CreateAccountInput:
		in.Email = aws.String("sample@example.com")
	case *organizations.CloseAccountInput:
		in.AccountId = aws.String(sampleAccount)
	case *organizations.DescribeAccountInput:
		in.AccountId = aws.String(sampleAccount)
	case *organizations.DescribeCreateAccountStatusInput:
		in.CreateAccountRequestId = aws.String("car-sample12345")
	case *sts.AssumeRoleInput:
		in.RoleArn = aws.String("arn:aws:iam::123456789012:role/sample")
	case *sts.AssumeRoleWithSAMLInput:
		in.RoleArn = aws.String("arn:aws:iam::123456789012:role/sample")
	case *sts.AssumeRoleWithWebIdentityInput:
		in.RoleArn = aws.String("arn:aws:iam::123456789012:role/sample")
	case *dynamodb.BatchWriteItemInput:
		in.RequestItems = map[string][]types.WriteRequest{"sample": {{PutRequest: &types.PutRequest{Item: item}}}}
	case *dynamodb.TransactWriteItemsInput:
		in.TransactItems = []types.TransactWriteItem{{Put: &types.Put{TableName: aws.String("sample"), Item: item}}}
	case *dynamodb.ExecuteStatementInput:
		in.Statement = aws.String("SELECT * FROM sample")
	case *dynamodb.BatchExecuteStatementInput:
		in.Statements = []types.BatchStatementRequest{{Statement: aws.String("SELECT * FROM sample WHERE a = 'x'")}}
	case *dynamodb.ExecuteTransactionInput:
		in.TransactStatements = []types.ParameterizedStatement{{Statement: aws.String("SELECT * FROM sample WHERE a = 'x'")}}
	case *dynamodb.QueryInput:
		in.KeyConditionExpression = aws.String("a = :a")
		in.ExpressionAttributeValues = map[string]types.AttributeValue{":a": &types.AttributeValueMemberS{Value: "x"}}
	case *dynamodb.CreateTableInput:
		in.AttributeDefinitions = []types.AttributeDefinition{{AttributeName: aws.String("a"), AttributeType: "S"}}
		in.KeySchema = []types.KeySchemaElement{{AttributeName: aws.String("a"), KeyType: "HASH"}}
		in.BillingMode = "PAY_PER_REQUEST"
	case *dynamodb.DescribeBackupInput:
		in.BackupArn = aws.String(sampleBackup)
	case *dynamodb.DeleteBackupInput:
		in.BackupArn = aws.String(sampleBackup)
	case *dynamodb.RestoreTableFromBackupInput:
		in.BackupArn = aws.String(sampleBackup)
	case *dynamodb.RestoreTableToPointInTimeInput:
		in.SourceTableName, in.UseLatestRestorableTime = aws.String("sample"), aws.Bool(true)
	case *dynamodb.DescribeExportInput:
		in.ExportArn = aws.String(sampleTable + "/export/01693685827463-2d8752fd")
	case *dynamodb.DescribeImportInput:
		in.ImportArn = aws.String(sampleTable + "/import/01658528578619-c4d4e311")
	case *dynamodb.ExportTableToPointInTimeInput:
		in.TableArn = aws.String(sampleTable)
	case *dynamodb.ImportTableInput:
		in.TableCreationParameters = &types.TableCreationParameters{TableName: aws.String("sample"), BillingMode: "PAY_PER_REQUEST",
			AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("a"), AttributeType: "S"}},
			KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("a"), KeyType: "HASH"}}}
	case *dynamodb.UpdateTableInput:
		in.DeletionProtectionEnabled = aws.Bool(true)
	case *dynamodbstreams.DescribeStreamInput:
		in.StreamArn = aws.String(sampleStream)
	case *dynamodbstreams.GetShardIteratorInput:
		in.StreamArn, in.ShardId = aws.String(sampleStream), aws.String("shardId-00000000000000000000-00000000")
		in.ShardIteratorType = "LATEST"
	case *dynamodbstreams.GetRecordsInput:
		in.ShardIterator = aws.String(sampleStream + "|1|" + base64.StdEncoding.EncodeToString(append([]byte{7: 1}, make([]byte, 54)...)))
	case *dynamodb.PutResourcePolicyInput:
		in.Policy = aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"dynamodb:Scan","Principal":"*","Resource":"*"}]}`)
	}
}

var indexed = regexp.MustCompile(`^(\w+)\["?(\w+)"?\]$`)

// fill sets the member of a structure that a path such as Tags[0].Key or Items["x"].Key leads to.
func fill(v reflect.Value, path string) {
	name, rest, _ := strings.Cut(path, ".")
	at := ""
	if m := indexed.FindStringSubmatch(name); m != nil {
		name, at = m[1], m[2]
	}
	f := v.FieldByName(name)
	for f.Kind() == reflect.Pointer && rest != "" {
		if f.IsNil() {
			f.Set(reflect.New(f.Type().Elem()))
		}
		f = f.Elem()
	}
	switch {
	case rest == "":
		f.Set(sample(name, f.Type()))
	case f.Kind() == reflect.Slice:
		i, _ := strconv.Atoi(at)
		elem := f.Index(i)
		if elem.Kind() == reflect.Pointer {
			elem = elem.Elem()
		}
		fill(elem, rest)
	case f.Kind() == reflect.Map:
		key := reflect.ValueOf(at).Convert(f.Type().Key())
		elem := reflect.New(f.Type().Elem()).Elem()
		elem.Set(f.MapIndex(key))
		fill(elem, rest)
		f.SetMapIndex(key, elem)
	default:
		fill(f, rest)
	}
}

const (
	sampleAccount = "123456789012"
	sampleTable   = "arn:aws:dynamodb:eu-west-1:" + sampleAccount + ":table/sample"
	sampleStream  = "arn:aws:dynamodb:eu-west-1:" + sampleAccount + ":table/sample/stream/2026-01-01T00:00:00.000"
	sampleBackup  = "arn:aws:dynamodb:eu-west-1:" + sampleAccount + ":table/sample/backup/01489602797149-73d8d5bc"
)

const samplePolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`

const sampleTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com"}}]}`

// sample is a value that a member may have.
func sample(name string, t reflect.Type) reflect.Value {
	v := reflect.New(t).Elem()
	switch t.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(t.Elem()))
		v.Elem().Set(sample(name, t.Elem()))
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			v.SetBytes([]byte("bytes"))
			break
		}
		v.Set(reflect.Append(v, sample(name, t.Elem())))
	case reflect.Map:
		v.Set(reflect.MakeMap(t))
		v.SetMapIndex(reflect.ValueOf("key").Convert(t.Key()), sample(name, t.Elem()))
	case reflect.Interface:
		if x := reflect.ValueOf(&types.AttributeValueMemberS{Value: "x"}); x.Type().Implements(t) {
			v.Set(x)
		}
	case reflect.Int32, reflect.Int64:
		v.SetInt(1)
	case reflect.String:
		v.SetString(sampleText(name, v))
	}
	return v
}

func sampleText(name string, v reflect.Value) string {
	if values := v.MethodByName("Values"); values.IsValid() { // an enumeration
		return values.Call(nil)[0].Index(0).String()
	}
	switch {
	case name == "AssumeRolePolicyDocument":
		return sampleTrust
	case strings.Contains(name, "PolicyDocument"), strings.HasPrefix(name, "PolicyInputList"):
		return samplePolicy
	case strings.HasSuffix(strings.ToLower(name), "arn"):
		return "arn:aws:iam::" + sampleAccount + ":policy/sample"
	case name == "VersionId":
		return "v1"
	case strings.HasPrefix(name, "AuthenticationCode"):
		return "123456"
	case name == "JobId":
		return "00000000-0000-7000-8000-000000000000"
	}
	return "sample1234567890"
}
