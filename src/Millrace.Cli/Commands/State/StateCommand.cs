using System.CommandLine;

namespace Millrace.Cli;

/// <summary><c>millrace state …</c>: where jobs stand, and how to change it.</summary>
internal static class StateCommand
{
    public static Command Create() => new("state", "Show where jobs stand, take them back, or move their progress")
    {
        StateShowCommand.Create(),
        StateChangeCommands.Rewind(),
        StateChangeCommands.Reset(),
        StateTransferCommands.Export(),
        StateTransferCommands.Import(),
    };
}
