using Millrace.Columnar;
using Millrace.Formats;

namespace Millrace.Fuzz;

/// <summary>What one input did.</summary>
/// <param name="Kind">Short word for the name of the reproducer; null if all was well.</param>
/// <param name="Detail">What was seen, with stack traces.</param>
/// <param name="Rejected">The input was called wrong, as it should be when it is.</param>
internal readonly record struct FuzzOutcome(string? Kind, string Detail, bool Rejected)
{
    /// <summary>What crashes of one cause have in common: the message without numbers, or the innermost frames. Only the first of them is worth a file.</summary>
    public string Signature => Kind == "invariant"
        ? new string([.. Detail.TakeWhile(c => c != '\n').Where(c => !char.IsDigit(c))])
        : Kind + string.Concat(Detail.Split('\n').Where(l => l.StartsWith("   at ", StringComparison.Ordinal)).Take(3));

    /// <summary>Runs an input and judges what came of it.</summary>
    public static FuzzOutcome Of(IFuzzTarget target, byte[] input)
    {
        long before = BufferPool.BytesInUse;
        FuzzOutcome outcome = Try(target, input);
        if (outcome.Kind is not null || BufferPool.BytesInUse <= before)
        {
            return outcome;
        }

        // A cache may have grown, which it does once; what grows every time is a leak.
        long grown = BufferPool.BytesInUse;
        using var scope = new RentalScope();
        Try(target, input);
        return BufferPool.BytesInUse > grown
            ? new FuzzOutcome("leak", string.Join("\n\n", scope.LiveRentals), outcome.Rejected)
            : outcome;
    }

    private static FuzzOutcome Try(IFuzzTarget target, byte[] input)
    {
        try
        {
            target.Run(input);
            return default;
        }
        catch (MillraceException e) when (e.Code.Domain != ErrorDomain.Internal)
        {
            return new FuzzOutcome(null, "", Rejected: true);
        }
        catch (SchemaWideningException)
        {
            return default;
        }
        catch (Exception e)
        {
            return new FuzzOutcome(e is BrokenInvariantException ? "invariant" : "exception", e.ToString(), Rejected: false);
        }
    }
}
