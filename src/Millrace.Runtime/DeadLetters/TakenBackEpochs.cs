using System.Globalization;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>Epochs whose rows were removed, or are read again: what a checkpoint tells of the last rewind, reset or import before it.</summary>
/// <param name="First">The first of them.</param>
/// <param name="Last">The last of them.</param>
internal sealed record TakenBackEpochs(long First, long Last)
{
    /// <summary>Null for a checkpoint that tells of none.</summary>
    public static TakenBackEpochs? Of(Checkpoint? checkpoint)
    {
        if (checkpoint?.Notes.TryGetValue(CheckpointNotes.TakenBack, out string? text) != true || text is null)
        {
            return null;
        }

        int dash = text.IndexOf('-', StringComparison.Ordinal);
        return dash > 0 && TryParse(text.AsSpan(0, dash), out long first) && TryParse(text.AsSpan(dash + 1), out long last)
            ? new TakenBackEpochs(first, last)
            : null;
    }

    public bool Contains(long epoch) => epoch >= First && epoch <= Last;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}");

    private static bool TryParse(ReadOnlySpan<char> text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
