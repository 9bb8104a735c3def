using Millrace.Formats;
using Millrace.Sdk;

namespace Millrace.Connectors.Files;

/// <summary>A range of a file.</summary>
internal sealed record FileSplit : Split
{
    public required FileWork Work { get; init; }

    public required FileRange Range { get; init; }

    /// <summary>What planning found out about the file; null when the reader shall look for itself.</summary>
    public FileInspection? Inspection { get; init; }

    /// <summary>Whether the file went or changed before it was cut.</summary>
    public bool IsGone { get; init; }

    /// <summary>From which byte to read, and how many good rows to drop there.</summary>
    public (long Start, long Rows) ResumeAt(Position? from)
    {
        FileMark? mark = FileMark.From(from);
        bool holds = mark is not null && (mark.IsOf(Work.File.Head(Work.File.Size + Work.Held)) || mark == Work.Resumed);
        return holds && mark!.Start >= Range.Start && mark.Start < Range.End ? (mark.Start, mark.Rows) : (Range.Start, 0);
    }
}
