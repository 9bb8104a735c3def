using System.CommandLine;

namespace Millrace.Cli;

/// <summary><c>--follow</c>: go on when all there is has been read.</summary>
internal static class FollowOption
{
    public static Option<bool> Create() => new("--follow") { Description = "Go on when all there is has been read, and wait for more. Ctrl-C ends it with its last rows committed." };
}
