using Millrace.Columnar;
using Millrace.Runtime.Streaming;

namespace Millrace.Runtime;

/// <content>Dead letters of a query: their rows go through it again, and that they did is committed with what it makes of them.</content>
internal sealed partial class OpenEpoch
{
    /// <summary>Takes the rows of a letter, which are disposed.</summary>
    public async Task ReplayAsync(DeadLetter letter, StreamTable table, RecordBatch rows, CancellationToken abort)
    {
        Open();
        using (rows)
        {
            _query!.Replay(table, rows, letter.Place);
            _meter.Add(rows, TimeSpan.Zero);
        }

        await _letters.AddReplayedAsync(new LetterLineOfReplay(letter.Id, letter.Last), abort).ConfigureAwait(false);
        if (_query.PendingRows >= QueryStep.RoundRows)
        {
            await RunRoundAsync(abort).ConfigureAwait(false);
        }
    }

    /// <summary>Keeps a letter whose row is still bad, with what is wrong with it now.</summary>
    public async Task KeepAsync(DeadLetter letter, CancellationToken abort)
    {
        Open();
        await _letters.AddAgainAsync(letter, abort).ConfigureAwait(false);
    }

    /// <summary>Commits what came of the letters. Positions stay where they are.</summary>
    public Task CommitReplayAsync(CancellationToken abort) => _meter.IsOpen ? CommitAsync(complete: false, abort) : Task.CompletedTask;
}
