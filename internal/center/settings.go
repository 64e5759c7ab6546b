package center

import (
	"time"

	"github.com/statordb/stator/internal/awsapi"
)

// What AWS's console sets of the instance, on the tab "Authentication". AWS names the actions ("Actions, resources, and condition keys for
// AWS IAM Identity Center", Service Authorization Reference) and documents no shapes, as only its console asks: these are ours.

// WithoutDevice is what becomes of who has given a right password, and has no MFA device ("Configure MFA device enforcement", IAM
// Identity Center User Guide).
type WithoutDevice string

// The names are those that AWS's console uses.
const (
	// LetIn: they sign in.
	LetIn WithoutDevice = "ALLOWED"
	// Register: they register one first.
	Register WithoutDevice = "ALLOWED_WITH_ENROLLMENT"
	// KeepOut: they can't sign in.
	KeepOut WithoutDevice = "BLOCKED"
)

// How long people may stay signed in to the access portal, in minutes: "from a minimum of 15 minutes to a maximum of 90 days", and 8 hours
// if nobody says otherwise ("Configure the session duration", IAM Identity Center User Guide).
const (
	minPortal     = 15
	maxPortal     = 90 * 24 * 60
	defaultPortal = 8 * 60
)

// portal is how long people stay signed in.
func (i *instanceRecord) portal() time.Duration {
	if i.PortalMinutes == 0 {
		return defaultPortal * time.Minute
	}
	return time.Duration(i.PortalMinutes) * time.Minute
}

func (i *instanceRecord) withoutDevice() WithoutDevice {
	if i.WithoutDevice == "" {
		return LetIn
	}
	return i.WithoutDevice
}

type instanceInput struct{ InstanceArn *string }

type sessionInput struct {
	InstanceArn            *string
	SessionDurationMinutes *int32
}

type deviceInput struct{ InstanceArn, NoMfaSignInBehavior *string }

// SettingsOperations returns the operations on these, of the service sso.
func (s *Store) SettingsOperations() []awsapi.Operation {
	return []awsapi.Operation{
		{Service: "sso", Name: "GetMfaDeviceManagementForDirectory", Decode: s.getMFADeviceManagementForDirectory},
		{Service: "sso", Name: "GetSsoConfiguration", Decode: s.getSSOConfiguration},
		{Service: "sso", Name: "PutMfaDeviceManagementForDirectory", Decode: s.putMFADeviceManagementForDirectory},
		{Service: "sso", Name: "UpdateSSOConfiguration", Decode: s.updateSSOConfiguration},
	}
}

// getSSOConfiguration decodes GetSsoConfiguration.
func (s *Store) getSSOConfiguration(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[instanceInput](req, "InstanceArn")
	if err != nil {
		return nil, err
	}
	return s.reads(req, "GetSsoConfiguration", in.InstanceArn, nil, func(v *view) (any, error) {
		return &struct{ SessionDurationMinutes int32 }{int32(v.inst.portal() / time.Minute)}, nil
	})
}

// updateSSOConfiguration decodes UpdateSSOConfiguration. Sessions that have begun stay as long as they are.
func (s *Store) updateSSOConfiguration(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[sessionInput](req, "InstanceArn", "SessionDurationMinutes")
	if err != nil {
		return nil, err
	}
	return s.writes(req, "UpdateSSOConfiguration", in.InstanceArn, nil, func(e *edit) (any, error) {
		e.inst.PortalMinutes = *in.SessionDurationMinutes
		return nil, put(e.tx, instanceKey(), e.inst)
	})
}

// getMFADeviceManagementForDirectory decodes GetMfaDeviceManagementForDirectory.
func (s *Store) getMFADeviceManagementForDirectory(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[instanceInput](req, "InstanceArn")
	if err != nil {
		return nil, err
	}
	return s.reads(req, "GetMfaDeviceManagementForDirectory", in.InstanceArn, nil, func(v *view) (any, error) {
		return &struct{ NoMfaSignInBehavior string }{string(v.inst.withoutDevice())}, nil
	})
}

// putMFADeviceManagementForDirectory decodes PutMfaDeviceManagementForDirectory. Who is signed in stays so.
func (s *Store) putMFADeviceManagementForDirectory(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[deviceInput](req, "InstanceArn", "NoMfaSignInBehavior")
	if err != nil {
		return nil, err
	}
	return s.writes(req, "PutMfaDeviceManagementForDirectory", in.InstanceArn, nil, func(e *edit) (any, error) {
		e.inst.WithoutDevice = WithoutDevice(*in.NoMfaSignInBehavior)
		return nil, put(e.tx, instanceKey(), e.inst)
	})
}
