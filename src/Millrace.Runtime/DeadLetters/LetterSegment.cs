using System.Globalization;
using Millrace.Storage;

namespace Millrace.Runtime;

/// <summary>
/// A file of dead letters: what one epoch set aside, or what a replay did. Its name says whether the epoch is known to be
/// committed; the file is renamed when it is.
/// </summary>
/// <param name="Info">The object.</param>
/// <param name="IsPending">Published before its epoch's commit, and not yet known to belong to it.</param>
/// <param name="Epoch">The epoch.</param>
/// <param name="Run">The run.</param>
internal sealed record LetterSegment(ObjectInfo Info, bool IsPending, long Epoch, string Run)
{
    private const string Kept = "letters-";
    private const string Pending = "pending-";
    private const string Ending = ".jsonl";

    /// <summary>Folder of the segment with its slash.</summary>
    public string Folder => Info.Name[..(Info.Name.LastIndexOf('/') + 1)];

    public string KeptName => NameOf(Folder, isPending: false, Epoch, Run);

    /// <summary>Epochs sort by their numbers, runs by their time.</summary>
    public static string NameOf(string folder, bool isPending, long epoch, string run)
        => string.Create(CultureInfo.InvariantCulture, $"{folder}{(isPending ? Pending : Kept)}{epoch:D12}-{run}{Ending}");

    /// <summary>Null for an object that is no segment.</summary>
    public static LetterSegment? Of(ObjectInfo info)
    {
        string name = info.Name[(info.Name.LastIndexOf('/') + 1)..];
        bool isPending = name.StartsWith(Pending, StringComparison.Ordinal);
        if ((!isPending && !name.StartsWith(Kept, StringComparison.Ordinal)) || !name.EndsWith(Ending, StringComparison.Ordinal))
        {
            return null;
        }

        string rest = name[Kept.Length..^Ending.Length];
        int dash = rest.IndexOf('-', StringComparison.Ordinal);
        return dash > 0 && long.TryParse(rest.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out long epoch)
            ? new LetterSegment(info, isPending, epoch, rest[(dash + 1)..])
            : null;
    }
}
