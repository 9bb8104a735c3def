namespace Millrace.Sdk;

/// <summary>Collects every fault of a configuration, so that one run of <c>validate</c> shows them all.</summary>
public sealed class OptionFaults
{
    private readonly List<MillraceException> _faults = [];

    public IReadOnlyList<MillraceException> All => _faults;

    public bool Any => _faults.Count > 0;

    public void Add(MillraceException fault) => _faults.Add(fault);

    public void Add(ErrorCode code, string message, ErrorPlace place, string? hint = null) => _faults.Add(code.Error(message, place, hint));

    /// <summary>Throws the one fault, or one error that carries them all.</summary>
    public void ThrowIfAny()
    {
        if (_faults.Count == 1)
        {
            throw _faults[0];
        }

        if (_faults.Count > 1)
        {
            throw new MillraceException(SdkErrors.InvalidConfiguration, $"{_faults.Count} faults.", _faults[0].Place) { Related = _faults };
        }
    }
}
