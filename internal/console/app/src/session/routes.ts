// The pages for those who are not signed in.
import { route, type PageRoute } from "../shell/section";

export const publicRoutes: PageRoute[] = [route("/console/signin", () => import("./signin"))];
