// Package people follows people of IAM Identity Center: how an administrator gives them access, and how they use it.
package people

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/statordb/stator/tests/browser"
	"github.com/statordb/stator/tests/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

// From a server without IAM Identity Center to people who have roles in an account.
func TestCenter(t *testing.T) {
	t.Parallel()
	s := harness.Start(t)
	browser.Table(t, dynamodb.NewFromConfig(s.Config), "Orders", []string{"id S"}, nil)
	browser.Flow(t, "center.test.mjs", browser.SignedIn(t, s), "STATOR_ACCOUNT="+s.Account, "STATOR_LOG="+browser.LogOf(t, s))
}
