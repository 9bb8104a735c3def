namespace Millrace.Sdk;

/// <summary>How far what the target has committed lies behind its source.</summary>
/// <param name="Time">Age of the oldest change that was read and is not committed yet, by the clock of its source; zero when there is none.</param>
/// <param name="Bytes">Log of the source behind the place of the last commit; null when unknown.</param>
public sealed record SourceLag(TimeSpan Time, long? Bytes = null);
