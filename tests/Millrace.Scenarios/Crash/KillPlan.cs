using System.Globalization;

namespace Millrace.Scenarios.Crash;

/// <summary>How often programs are killed, and when: <c>MILLRACE_KILLS=n</c> and <c>MILLRACE_SEED=n</c>.</summary>
internal static class KillPlan
{
    private const int DefaultKills = 15;

    /// <summary>Kills that every test wants.</summary>
    public static int Kills { get; } = Number("MILLRACE_KILLS") ?? DefaultKills;

    public static int Seed { get; } = Number("MILLRACE_SEED") ?? 1;

    private static int? Number(string variable) => int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number) ? number : null;
}
