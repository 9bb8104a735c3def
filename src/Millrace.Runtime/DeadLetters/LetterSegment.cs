using System.Globalization;
using Millrace.Storage;

namespace Millrace.Runtime;

/// <summary>
/// A file of dead letters: what one epoch set aside, or what a replay did. Its name says what became of the epoch; the file is
/// renamed when that changes.
/// </summary>
/// <param name="Info">The object.</param>
/// <param name="State">What is known of the epoch.</param>
/// <param name="Epoch">The epoch.</param>
/// <param name="Run">The run.</param>
internal sealed record LetterSegment(ObjectInfo Info, SegmentState State, long Epoch, string Run)
{
    private const string Ending = ".jsonl";

    /// <summary>Folder of the segment with its slash.</summary>
    public string Folder => Info.Name[..(Info.Name.LastIndexOf('/') + 1)];

    /// <summary>Name of the segment when another thing is known of its epoch.</summary>
    public string NameAs(SegmentState state) => NameOf(Folder, state, Epoch, Run);

    /// <summary>Epochs sort by their numbers, runs by their time.</summary>
    public static string NameOf(string folder, SegmentState state, long epoch, string run)
        => string.Create(CultureInfo.InvariantCulture, $"{folder}{StartOf(state)}{epoch:D12}-{run}{Ending}");

    /// <summary>Null for an object that is no segment.</summary>
    public static LetterSegment? Of(ObjectInfo info)
    {
        string name = info.Name[(info.Name.LastIndexOf('/') + 1)..];
        if (!name.EndsWith(Ending, StringComparison.Ordinal) || StateOf(name) is not { } state)
        {
            return null;
        }

        string rest = name[StartOf(state).Length..^Ending.Length];
        int dash = rest.IndexOf('-', StringComparison.Ordinal);
        return dash > 0 && long.TryParse(rest.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out long epoch)
            ? new LetterSegment(info, state, epoch, rest[(dash + 1)..])
            : null;
    }

    private static SegmentState? StateOf(string name)
    {
        foreach (SegmentState state in Enum.GetValues<SegmentState>())
        {
            if (name.StartsWith(StartOf(state), StringComparison.Ordinal))
            {
                return state;
            }
        }

        return null;
    }

    private static string StartOf(SegmentState state) => state switch
    {
        SegmentState.Pending => "pending-",
        SegmentState.Rewound => "rewound-",
        _ => "letters-",
    };
}

/// <summary>What is known of the epoch of a segment.</summary>
internal enum SegmentState
{
    /// <summary>It is committed.</summary>
    Kept,

    /// <summary>The segment was published before the commit, and it is not known yet whether that took place.</summary>
    Pending,

    /// <summary>It was committed and taken back: its rows are read again, and replays that it held have not taken place.</summary>
    Rewound,
}
