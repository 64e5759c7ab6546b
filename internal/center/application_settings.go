package center

import (
	"bytes"
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// putApplicationAssignmentConfiguration decodes PutApplicationAssignmentConfiguration.
func (s *Store) putApplicationAssignmentConfiguration(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.PutApplicationAssignmentConfigurationInput](req, "ApplicationArn", "AssignmentRequired")
	if err != nil {
		return nil, err
	}
	return s.changesApplication(req, "PutApplicationAssignmentConfiguration", in.ApplicationArn, &ssoadmin.PutApplicationAssignmentConfigurationOutput{}, func(_ *edit, app *applicationRecord) error {
		app.Open = !*in.AssignmentRequired
		return nil
	})
}

// getApplicationAssignmentConfiguration decodes GetApplicationAssignmentConfiguration.
func (s *Store) getApplicationAssignmentConfiguration(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.GetApplicationAssignmentConfigurationInput](req, "ApplicationArn")
	if err != nil {
		return nil, err
	}
	return s.readsApplication(req, "GetApplicationAssignmentConfiguration", in.ApplicationArn, func(_ *view, app *applicationRecord) (any, error) {
		return &ssoadmin.GetApplicationAssignmentConfigurationOutput{AssignmentRequired: aws.Bool(!app.Open)}, nil
	})
}

// putApplicationSessionConfiguration decodes PutApplicationSessionConfiguration. There are no background sessions of users yet: the
// setting is kept.
func (s *Store) putApplicationSessionConfiguration(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.PutApplicationSessionConfigurationInput](req, "ApplicationArn")
	if err != nil {
		return nil, err
	}
	return s.changesApplication(req, "PutApplicationSessionConfiguration", in.ApplicationArn, &ssoadmin.PutApplicationSessionConfigurationOutput{}, func(_ *edit, app *applicationRecord) error {
		app.Background = string(in.UserBackgroundSessionApplicationStatus)
		return nil
	})
}

// getApplicationSessionConfiguration decodes GetApplicationSessionConfiguration.
func (s *Store) getApplicationSessionConfiguration(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.GetApplicationSessionConfigurationInput](req, "ApplicationArn")
	if err != nil {
		return nil, err
	}
	return s.readsApplication(req, "GetApplicationSessionConfiguration", in.ApplicationArn, func(_ *view, app *applicationRecord) (any, error) {
		return &ssoadmin.GetApplicationSessionConfigurationOutput{UserBackgroundSessionApplicationStatus: types.UserBackgroundSessionApplicationStatus(app.Background)}, nil
	})
}

// maxActorPolicy bounds an actor policy, in bytes.
const maxActorPolicy = 10240

// actorPolicy is the actor policy of a request, as text. It is a JSON document, which no type of the SDK's can be read into.
func actorPolicy(body []byte) (string, error) {
	var in struct {
		AuthenticationMethod *struct {
			Iam *struct{ ActorPolicy json.RawMessage }
		}
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return "", awsapi.Serialization("")
	}
	m := in.AuthenticationMethod
	if m == nil || m.Iam == nil || len(m.Iam.ActorPolicy) == 0 {
		return "", awsapi.Validation("The AuthenticationMethod has to be Iam, with an ActorPolicy.")
	}
	var b bytes.Buffer
	if err := json.Compact(&b, m.Iam.ActorPolicy); err != nil {
		return "", awsapi.Serialization("")
	}
	if _, err := policy.Compile(policy.Resource, "ActorPolicy", b.Bytes()); err != nil || b.Len() > maxActorPolicy {
		return "", awsapi.Validation("The ActorPolicy is not a valid resource-based policy.")
	}
	return b.String(), nil
}

// putApplicationAuthenticationMethod decodes PutApplicationAuthenticationMethod.
func (s *Store) putApplicationAuthenticationMethod(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.DeleteApplicationAuthenticationMethodInput](req, "ApplicationArn", "AuthenticationMethodType") // all but the method
	if err != nil {
		return nil, err
	}
	actors, err := actorPolicy(req.Body)
	if err != nil {
		return nil, err
	}
	return s.changesApplication(req, "PutApplicationAuthenticationMethod", in.ApplicationArn, nil, func(_ *edit, app *applicationRecord) error {
		app.ActorPolicy = actors
		return nil
	})
}

// method is the authentication method as answers have it.
func (a *applicationRecord) method() map[string]any {
	return map[string]any{"Iam": map[string]any{"ActorPolicy": json.RawMessage(a.ActorPolicy)}}
}

func (a *applicationRecord) hasMethod() error {
	if a.ActorPolicy == "" {
		return missing("The application has no authentication method of the type IAM.")
	}
	return nil
}

// getApplicationAuthenticationMethod decodes GetApplicationAuthenticationMethod.
func (s *Store) getApplicationAuthenticationMethod(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.GetApplicationAuthenticationMethodInput](req, "ApplicationArn", "AuthenticationMethodType")
	if err != nil {
		return nil, err
	}
	return s.readsApplication(req, "GetApplicationAuthenticationMethod", in.ApplicationArn, func(_ *view, app *applicationRecord) (any, error) {
		if err := app.hasMethod(); err != nil {
			return nil, err
		}
		return document(map[string]any{"AuthenticationMethod": app.method()})
	})
}

// listApplicationAuthenticationMethods decodes ListApplicationAuthenticationMethods.
func (s *Store) listApplicationAuthenticationMethods(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.ListApplicationAuthenticationMethodsInput](req, "ApplicationArn")
	if err != nil {
		return nil, err
	}
	return s.readsApplication(req, "ListApplicationAuthenticationMethods", in.ApplicationArn, func(_ *view, app *applicationRecord) (any, error) {
		list := []any{}
		if app.ActorPolicy != "" {
			list = append(list, map[string]any{"AuthenticationMethodType": "IAM", "AuthenticationMethod": app.method()})
		}
		return document(map[string]any{"AuthenticationMethods": list})
	})
}

// document is an answer that has a JSON document in it.
func document(of any) (json.RawMessage, error) { return json.Marshal(of) }

// deleteApplicationAuthenticationMethod decodes DeleteApplicationAuthenticationMethod.
func (s *Store) deleteApplicationAuthenticationMethod(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.DeleteApplicationAuthenticationMethodInput](req, "ApplicationArn", "AuthenticationMethodType")
	if err != nil {
		return nil, err
	}
	return s.changesApplication(req, "DeleteApplicationAuthenticationMethod", in.ApplicationArn, nil, func(_ *edit, app *applicationRecord) error {
		err := app.hasMethod()
		app.ActorPolicy = ""
		return err
	})
}
