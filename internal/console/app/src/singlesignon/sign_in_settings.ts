// The settings of the instance that AWS has in its console alone (aws/ssodirectory.ts).
import { ssoSettings } from "../aws/ssodirectory";

/** What becomes of who has given a right password, and has no MFA device. */
export type WithoutDevice = "ALLOWED" | "ALLOWED_WITH_ENROLLMENT" | "BLOCKED";

export const getSession = (InstanceArn: string) => ssoSettings<{ SessionDurationMinutes: number }>("GetSsoConfiguration", { InstanceArn });
export const putSession = (InstanceArn: string, SessionDurationMinutes: number) =>
  ssoSettings<object>("UpdateSSOConfiguration", { InstanceArn, SessionDurationMinutes });
export const getDevices = (InstanceArn: string) =>
  ssoSettings<{ NoMfaSignInBehavior: WithoutDevice }>("GetMfaDeviceManagementForDirectory", { InstanceArn });
export const putDevices = (InstanceArn: string, NoMfaSignInBehavior: WithoutDevice) =>
  ssoSettings<object>("PutMfaDeviceManagementForDirectory", { InstanceArn, NoMfaSignInBehavior });
