namespace Millrace.Runtime;

/// <summary>
/// One attempt of a job at its remotes, from <see cref="BreakerRegistry.Enter"/> to <see cref="Dispose"/>. An attempt that
/// ends without a verdict, since it was stopped or failed for reasons of its own, changes nothing.
/// </summary>
public sealed class BreakerPass : IDisposable
{
    private readonly IReadOnlyList<CircuitBreaker> _breakers;
    private readonly List<CircuitBreaker> _probes = [];

    private BreakerPass(IReadOnlyList<CircuitBreaker> breakers) => _breakers = breakers;

    internal IReadOnlyList<CircuitBreaker> Breakers => _breakers;

    internal static BreakerPass Enter(IReadOnlyList<CircuitBreaker> breakers, BreakerSpec? spec)
    {
        var pass = new BreakerPass(breakers);
        try
        {
            foreach (CircuitBreaker breaker in breakers)
            {
                if (breaker.Enter(spec!))
                {
                    pass._probes.Add(breaker);
                }
            }

            return pass;
        }
        catch
        {
            pass.Dispose();
            throw;
        }
    }

    /// <summary>The remotes did their part: an epoch was committed. May be called for each one.</summary>
    public void Succeeded()
    {
        foreach (CircuitBreaker breaker in _breakers)
        {
            breaker.Succeed();
        }

        EndProbes();
    }

    /// <summary>
    /// The attempt failed. Counts where a remote is at fault in a way that can pass: the one that the error names, or the
    /// only one there is, unless the error is that of a file.
    /// </summary>
    public void Failed(MillraceException error)
    {
        bool counts = error.Code.Domain == ErrorDomain.External
            && error.Code != RuntimeErrors.CircuitOpen
            && ErrorClassifier.Classify(error) == ErrorClass.Retryable;
        if (counts)
        {
            AtFault(error)?.Fail(error);
        }

        EndProbes();
    }

    public void Dispose() => EndProbes();

    private CircuitBreaker? AtFault(MillraceException error)
    {
        if (error.Remote is null)
        {
            return _breakers.Count == 1 && error.Place?.File is null ? _breakers[0] : null;
        }

        return _breakers.FirstOrDefault(b => b.Remote.Equals(error.Remote, StringComparison.OrdinalIgnoreCase));
    }

    private void EndProbes()
    {
        foreach (CircuitBreaker breaker in _probes)
        {
            breaker.EndProbe();
        }

        _probes.Clear();
    }
}
