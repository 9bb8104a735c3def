namespace Millrace.Runtime.Contracts;

/// <summary>What became of a quality rule.</summary>
/// <param name="Rule">Its name.</param>
/// <param name="Holds">Whether it is kept.</param>
/// <param name="Found">The number that was found, or that there is none.</param>
/// <param name="Expected">What it has to be.</param>
/// <param name="OnlyTells">Whether the rule stops nothing.</param>
public sealed record QualityResult(string Rule, bool Holds, string Found, string Expected, bool OnlyTells)
{
    public override string ToString() => $"'{Rule}' is {Found}, {Expected}";
}
