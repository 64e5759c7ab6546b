package policy

import "testing"

func TestGrants(t *testing.T) {
	for _, test := range []struct {
		statement        string
		service, whole   bool // dynamodb: granted, withheld
		action, withheld bool // dynamodb:CreateTable
	}{
		{`"Effect":"Allow","Action":"*","Resource":"*"`, true, false, true, false},
		{`"Effect":"Allow","Action":"DynamoDB:*","Resource":"*"`, true, false, true, false},
		{`"Effect":"Allow","Action":["s3:*","dynamodb:createtable"],"Resource":"arn:aws:dynamodb:*:*:table/T"`, true, false, true, false},
		{`"Effect":"Allow","Action":"dynamodb:Get*","Resource":"*"`, true, false, false, false},
		{`"Effect":"Allow","Action":"dyn*:CreateTable","Resource":"*"`, true, false, true, false},
		{`"Effect":"Allow","Action":"dax:*","Resource":"*"`, false, false, false, false},
		{`"Effect":"Allow","NotAction":"iam:*","Resource":"*"`, true, false, true, false},
		{`"Effect":"Allow","NotAction":"dynamodb:*","Resource":"*"`, false, false, false, false},
		{`"Effect":"Allow","NotAction":"dynamodb:Create*","Resource":"*"`, true, false, false, false},
		{`"Effect":"Deny","Action":"*","Resource":"*"`, false, true, false, true},
		{`"Effect":"Deny","Action":"dynamodb:*","Resource":"*"`, false, true, false, true},
		{`"Effect":"Deny","Action":"dynamodb:Create*","Resource":"*"`, false, false, false, true},
		{`"Effect":"Deny","NotAction":"iam:*","Resource":"*"`, false, false, false, true},
		{`"Effect":"Deny","Action":"dynamodb:*","Resource":"arn:aws:dynamodb:*:*:table/T"`, false, false, false, false},
		{`"Effect":"Deny","Action":"dynamodb:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}`, false, false, false, false},
	} {
		d, err := ReadDocument([]byte(`{"Version":"2012-10-17","Statement":{` + test.statement + `}}`))
		if err != nil {
			t.Fatal(err)
		}
		const action = "dynamodb:CreateTable"
		if d.GrantsService("dynamodb") != test.service || d.WithholdsService("dynamodb") != test.whole || d.Grants(action) != test.action || d.Withholds(action) != test.withheld {
			t.Errorf("%s: service %v, withheld %v; action %v, withheld %v", test.statement,
				d.GrantsService("dynamodb"), d.WithholdsService("dynamodb"), d.Grants(action), d.Withholds(action))
		}
	}
}
