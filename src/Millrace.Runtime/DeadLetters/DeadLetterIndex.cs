using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Millrace.Storage;

namespace Millrace.Runtime;

/// <summary>
/// What stands in a folder of dead letters, as of its reading: which letters wait, and which were replayed. It holds a few
/// bytes a letter; the letters themselves are read again when they are asked for.
/// </summary>
public sealed class DeadLetterIndex
{
    private readonly IObjectStore _objects;
    private readonly List<LetterSegment> _segments;
    private readonly List<LetterSegment> _rewoundSegments;
    private readonly Dictionary<UInt128, Entry> _entries;

    private DeadLetterIndex(IObjectStore objects, List<LetterSegment> segments, List<LetterSegment> rewoundSegments, Dictionary<UInt128, Entry> entries, long pending, long rewound)
    {
        _objects = objects;
        _segments = segments;
        _rewoundSegments = rewoundSegments;
        _entries = entries;
        Pending = pending;
        Rewound = rewound;
        Waiting = entries.Values.LongCount(e => e.Waits);
        Replayed = entries.Values.LongCount(e => e is { Waits: false, HasLetter: true });
    }

    /// <summary>Letters that wait for somebody to see to them.</summary>
    public long Waiting { get; }

    /// <summary>Letters that were replayed and not purged yet.</summary>
    public long Replayed { get; }

    /// <summary>Letters of runs of which it is not known yet whether they committed: they go on, or died.</summary>
    public long Pending { get; }

    /// <summary>Letters of epochs that were taken back, whose rows are read again; not purged yet.</summary>
    public long Rewound { get; }

    internal IReadOnlyList<LetterSegment> Segments => _segments;

    internal IReadOnlyList<LetterSegment> RewoundSegments => _rewoundSegments;

    /// <summary>Reads a folder of a store and those within it.</summary>
    public static async ValueTask<DeadLetterIndex> ReadAsync(IObjectStore objects, string folder, CancellationToken cancellation)
    {
        var segments = new List<LetterSegment>();
        var entries = new Dictionary<UInt128, Entry>();
        var rewoundSegments = new List<LetterSegment>();
        long pending = 0;
        long rewound = 0;
        await foreach (LetterSegment segment in DeadLetterStore.SegmentsAsync(objects, folder, cancellation).ConfigureAwait(false))
        {
            if (segment.State != SegmentState.Pending)
            {
                (segment.State == SegmentState.Rewound ? rewoundSegments : segments).Add(segment);
            }

            int ordinal = 0;
            await foreach (LetterLine line in SegmentReader.ReadAsync(objects, segment, cancellation).ConfigureAwait(false))
            {
                int letters = line is LetterLineOfLetter ? 1 : 0;
                switch (segment.State)
                {
                    case SegmentState.Pending:
                        pending += letters;
                        break;
                    case SegmentState.Rewound:
                        rewound += letters;
                        break;
                    default:
                        Add(entries, line, segments.Count - 1, ordinal++);
                        break;
                }
            }
        }

        return new DeadLetterIndex(objects, segments, rewoundSegments, entries, pending, rewound);
    }

    /// <summary>The letters that wait, by segment and in the order in which they were set aside.</summary>
    public async IAsyncEnumerable<DeadLetter> LettersAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        for (int i = 0; i < _segments.Count; i++)
        {
            await foreach (DeadLetter letter in WaitingAsync(i, cancellation).ConfigureAwait(false))
            {
                yield return letter;
            }
        }
    }

    /// <summary>The ids that begin with some digits, at most two of them.</summary>
    public IReadOnlyList<string> Find(string prefix)
        => [.. _entries.Where(e => e.Value.HasLetter).Select(e => IdOf(e.Key)).Where(id => id.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)).Take(2)];

    /// <summary>The letters that wait in one segment, as they are with what other segments know of them.</summary>
    internal async IAsyncEnumerable<DeadLetter> WaitingAsync(int segment, [EnumeratorCancellation] CancellationToken cancellation)
    {
        int ordinal = 0;
        await foreach (LetterLine line in SegmentReader.ReadAsync(_objects, _segments[segment], cancellation).ConfigureAwait(false))
        {
            if (line is LetterLineOfLetter { Letter: var letter }
                && DeadLetterId.TryParse(letter.Id, out UInt128 id)
                && _entries.TryGetValue(id, out Entry entry)
                && entry.Waits && entry.Segment == segment && entry.Ordinal == ordinal)
            {
                yield return letter with { Attempts = Math.Max(letter.Attempts, entry.Attempts), First = new DateTimeOffset(entry.First, TimeSpan.Zero) };
            }

            ordinal++;
        }
    }

    private static void Add(Dictionary<UInt128, Entry> entries, LetterLine line, int segment, int ordinal)
    {
        switch (line)
        {
            case LetterLineOfLetter { Letter: var letter } when DeadLetterId.TryParse(letter.Id, out UInt128 id):
                ref Entry entry = ref CollectionsMarshal.GetValueRefOrAddDefault(entries, id, out _);
                long last = letter.Last.UtcTicks;
                entry.First = entry.HasLetter ? Math.Min(entry.First, letter.First.UtcTicks) : letter.First.UtcTicks;

                // A row that is found bad by a run after run is tried as often as that.
                entry.Faults++;
                entry.Attempts = Math.Max(entry.Faults, Math.Max(entry.Attempts, letter.Attempts));
                if (!entry.HasLetter || last >= entry.Last)
                {
                    entry.Last = last;
                    entry.Segment = segment;
                    entry.Ordinal = ordinal;
                }

                entry.HasLetter = true;
                break;
            case LetterLineOfReplay replay when DeadLetterId.TryParse(replay.Id, out UInt128 id):
                ref Entry replayed = ref CollectionsMarshal.GetValueRefOrAddDefault(entries, id, out _);
                replayed.Seen = Math.Max(replayed.Seen, replay.Seen.UtcTicks);
                break;
        }
    }

    private static string IdOf(UInt128 id) => id.ToString("x32", CultureInfo.InvariantCulture);

    private struct Entry
    {
        public long First;
        public long Last;
        public long Seen;
        public int Attempts;
        public int Faults;
        public int Segment;
        public int Ordinal;
        public bool HasLetter;

        public readonly bool Waits => HasLetter && Last > Seen;
    }
}
