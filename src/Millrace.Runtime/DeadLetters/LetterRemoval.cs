namespace Millrace.Runtime;

/// <summary>Removes the letters that a job's limits no longer allow, oldest first, and counts them.</summary>
internal sealed class LetterRemoval(DeadLetterStore store, DeadLetterSpec limits, TimeProvider time, Action<string> note)
{
    /// <summary>Letters removed so far.</summary>
    public long Removed { get; private set; }

    /// <summary>Removes what is too old, and what is too much if the job wants that; returns the bytes that are left.</summary>
    public async ValueTask<long> ApplyAsync(CancellationToken cancellation)
    {
        var segments = new List<LetterSegment>();
        await foreach (LetterSegment segment in store.SegmentsAsync(cancellation).ConfigureAwait(false))
        {
            segments.Add(segment);
        }

        long bytes = segments.Sum(s => s.Info.Size);
        DateTimeOffset? oldest = limits.MaxAge is { } age ? time.GetUtcNow() - age : null;

        // A segment is never older than those whose letters it marks as replayed, so no letter comes back to life.
        foreach (LetterSegment segment in segments.Where(s => s.State != SegmentState.Pending).OrderBy(s => s.Info.Modified).ThenBy(s => s.Info.Name, StringComparer.Ordinal))
        {
            bool isOld = segment.Info.Modified < oldest;
            bool isTooMuch = limits.WhenFull == WhenFull.Oldest && bytes > limits.MaxSize.Bytes;
            if (!isOld && !isTooMuch)
            {
                break;
            }

            long letters = await CountAsync(segment, cancellation).ConfigureAwait(false);
            await store.Objects.DeleteAsync(segment.Info.Name, cancellation).ConfigureAwait(false);
            bytes -= segment.Info.Size;
            Removed += letters;
            note(isOld
                ? $"{letters} dead letters were removed: {store.Objects.Describe(segment.Info.Name)} is older than max_age {Sdk.Duration.Format(limits.MaxAge!.Value)}"
                : $"{letters} dead letters were removed to make room: {store.Objects.Describe(segment.Info.Name)} was the oldest, and max_size is {limits.MaxSize}");
        }

        return bytes;
    }

    // A damaged file counts as far as it can be read; it goes nevertheless.
    private async ValueTask<long> CountAsync(LetterSegment segment, CancellationToken cancellation)
    {
        long count = 0;
        try
        {
            await foreach (LetterLine line in SegmentReader.ReadAsync(store.Objects, segment, cancellation).ConfigureAwait(false))
            {
                count += line is LetterLineOfLetter ? 1 : 0;
            }
        }
        catch (MillraceException e) when (e.Code == DeadLetterErrors.Damaged)
        {
            note(e.Describe());
        }

        return count;
    }
}
