using Millrace.Storage;

namespace Millrace.Runtime;

/// <summary>
/// Writes the segments of a job anew without some letters. Replayed letters go before what says that they were replayed, so
/// that a crash in between brings none of them back.
/// </summary>
internal sealed class LetterPurge(IObjectStore objects, string folder)
{
    public async ValueTask<long> RunAsync(LetterFilter? filter, CancellationToken cancellation)
    {
        DeadLetterIndex index = await DeadLetterIndex.ReadAsync(objects, folder, cancellation).ConfigureAwait(false);
        long purged = 0;
        for (int i = 0; i < index.Segments.Count; i++)
        {
            purged += await DropLettersAsync(index, i, filter, cancellation).ConfigureAwait(false);
        }

        foreach (LetterSegment segment in index.Segments)
        {
            // No letter that was replayed is left by now.
            await DropReplaysAsync(segment, cancellation).ConfigureAwait(false);
        }

        await objects.DeleteAllAsync(index.RewoundSegments.Select(s => s.Info.Name), cancellation).ConfigureAwait(false);
        return purged;
    }

    private async ValueTask<long> DropLettersAsync(DeadLetterIndex index, int number, LetterFilter? filter, CancellationToken cancellation)
    {
        LetterSegment segment = index.Segments[number];
        long purged = 0;
        SegmentWriter writer = await SegmentWriter.CreateAsync(objects, segment.Info.Name, cancellation).ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            await foreach (DeadLetter letter in index.WaitingAsync(number, cancellation).ConfigureAwait(false))
            {
                if (filter?.Matches(letter) == true)
                {
                    purged++;
                }
                else
                {
                    await writer.AddAsync(letter, cancellation).ConfigureAwait(false);
                }
            }

            await CopyReplaysAsync(segment, writer, cancellation).ConfigureAwait(false);
            await ReplaceAsync(segment, writer, cancellation).ConfigureAwait(false);
        }

        return purged;
    }

    private async ValueTask CopyReplaysAsync(LetterSegment segment, SegmentWriter writer, CancellationToken cancellation)
    {
        await foreach (LetterLine line in SegmentReader.ReadAsync(objects, segment, cancellation).ConfigureAwait(false))
        {
            if (line is LetterLineOfReplay replay)
            {
                await writer.AddAsync(replay, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Forgets that letters were replayed; those that are left wait again.</summary>
    public async ValueTask DropReplaysAsync(LetterSegment segment, CancellationToken cancellation)
    {
        if (await objects.FindAsync(segment.Info.Name, cancellation).ConfigureAwait(false) is null)
        {
            return;
        }

        bool hasReplays = false;
        SegmentWriter writer = await SegmentWriter.CreateAsync(objects, segment.Info.Name, cancellation).ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            await foreach (LetterLine line in SegmentReader.ReadAsync(objects, segment, cancellation).ConfigureAwait(false))
            {
                if (line is LetterLineOfLetter { Letter: var letter })
                {
                    await writer.AddAsync(letter, cancellation).ConfigureAwait(false);
                }

                hasReplays |= line is LetterLineOfReplay;
            }

            if (hasReplays)
            {
                await ReplaceAsync(segment, writer, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask ReplaceAsync(LetterSegment segment, SegmentWriter writer, CancellationToken cancellation)
    {
        if (writer.Count == 0)
        {
            await objects.DeleteAsync(segment.Info.Name, cancellation).ConfigureAwait(false);
        }
        else
        {
            await writer.PublishAsync(PutCondition.Any, cancellation).ConfigureAwait(false);
        }
    }
}
