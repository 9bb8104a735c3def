namespace Millrace.Columnar.Interop;

/// <summary>What can be wrong with data that foreign code hands over.</summary>
public static class ArrowErrors
{
    public static readonly ErrorCode InvalidCode = new("MR2921", "Data handed over through the Arrow C data interface contradicts itself.", "The producer of the data has a defect; tell its authors.");
    public static readonly ErrorCode UnsupportedCode = new("MR2922", "An Arrow type has no counterpart here.", "Convert the column to another type before handing it over.");
    public static readonly ErrorCode ReleasedCode = new("MR2923", "An Arrow struct was used after its release.", "Hand over each struct once.");
    public static readonly ErrorCode ProducerCode = new("MR2924", "The producer of an Arrow stream reported an error.", "See the producer's own message.", ErrorDomain.External);

    internal static MillraceException Invalid(string what) => InvalidCode.Error($"{what}.");

    internal static MillraceException Unsupported(string format, string detail) => UnsupportedCode.Error($"Arrow format '{format}': {detail}.");

    internal static MillraceException ProducerFailed(int error, string? message) => ProducerCode.Error($"The producer ended with error {error}: {message ?? "it left no message"}.");

    internal static MillraceException Released(string what) => ReleasedCode.Error($"The {what} is empty: it was released or moved before.");
}
