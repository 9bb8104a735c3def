using System.CommandLine;

namespace Millrace.Cli;

/// <summary><c>--take-over</c>: write although another run still holds the target.</summary>
internal static class TakeOverOption
{
    public static Option<bool> Create() => new("--take-over")
    {
        Description = "Take the target over from a run that hangs, or is gone with its machine, and still holds it. That run can commit nothing any more.",
    };
}
