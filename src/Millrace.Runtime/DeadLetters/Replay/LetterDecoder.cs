using Millrace.Columnar;
using Millrace.Formats;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>Makes rows of the target of letters, one letter at a time, so that no letter's bytes meet those of another.</summary>
internal sealed class LetterDecoder(IReplayPlan plan, RowShaper shaper, ReplayGroups groups)
{
    /// <summary>The rows of a letter, which the caller owns; null when it is still bad, and why.</summary>
    public async ValueTask<(RecordBatch? Rows, RowError? Fault)> DecodeAsync(DeadLetter letter, CancellationToken cancellation)
    {
        if (letter.IsCut)
        {
            return (null, Fault(letter, DeadLetterErrors.Cut, $"The letter holds {letter.Raw.Length} of the {letter.RawLength} bytes of its row."));
        }

        var errors = new FirstError();
        var rows = new List<RecordBatch>();
        try
        {
            await ReadAsync(letter, rows, errors, cancellation).ConfigureAwait(false);
            if (errors.Error is null && rows.Count > 0)
            {
                return (rows.Count == 1 ? rows[0].Share() : Concat.Batches(rows), null);
            }

            return (null, errors.Error ?? Fault(letter, DeadLetterErrors.NoRow, "The bytes of the letter hold no row."));
        }
        catch (SchemaWideningException e)
        {
            return (null, Fault(letter, FormatErrors.ValueDoesNotFit, $"The column '{e.Column}' holds a value that needs {e.To}, and it was found to be {e.From?.ToString() ?? "none"}; give it a type in `columns`."));
        }
        catch (MillraceException e) when (e.Code.Domain == ErrorDomain.User)
        {
            return (null, Fault(letter, e.Code, e.Message));
        }
        finally
        {
            rows.ForEach(r => r.Dispose());
        }
    }

    private async ValueTask ReadAsync(DeadLetter letter, List<RecordBatch> rows, FirstError errors, CancellationToken cancellation)
    {
        ISplitReader reader = await plan.OpenAsync(letter.Raw, groups.OriginOf(letter), errors, cancellation).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            while (errors.Error is null && await reader.ReadAsync(cancellation).ConfigureAwait(false) is { } next)
            {
                BatchOrigin? origin = letter.Place;
                if (shaper.Shape(next.Batch, errors, ref origin) is { } shaped)
                {
                    rows.Add(shaped);
                }
            }
        }
    }

    private static RowError Fault(DeadLetter letter, ErrorCode code, string message) => new(code, message, letter.Place, letter.Raw) { Stage = letter.Stage };

    // A letter stays one letter, however many of its rows are bad.
    private sealed class FirstError : IRowErrorHandler
    {
        public RowError? Error { get; private set; }

        public void OnRowError(RowError error) => Error ??= error;
    }
}
