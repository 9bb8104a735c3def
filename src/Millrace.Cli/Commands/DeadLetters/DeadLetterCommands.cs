using System.CommandLine;

namespace Millrace.Cli;

/// <summary><c>millrace dlq …</c>: sees to rows that jobs set aside.</summary>
internal static class DeadLetterCommands
{
    public static Command Create() => new("dlq", "See to dead letters: rows that jobs set aside")
    {
        ListLettersCommand.Create(),
        ShowLetterCommand.Create(),
        ExportLettersCommand.Create(),
        ReplayLettersCommand.Create(),
        PurgeLettersCommand.Create(),
    };
}
