namespace Millrace.Runtime;

/// <summary>Whose letters they are.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Job">The job.</param>
/// <param name="JobVersion">Hash of the job file; null for a job without one.</param>
/// <param name="Run">The run.</param>
internal sealed record LetterOrigin(string Tenant, string Job, string? JobVersion, string Run)
{
    public DeadLetter LetterOf(RowError error, DateTimeOffset now) => new()
    {
        Id = DeadLetterId.Of(Tenant, Job, error),
        Tenant = Tenant,
        Job = Job,
        JobVersion = JobVersion,
        Run = Run,
        Stage = error.Stage,
        Code = error.Code.Id,
        Message = error.Message,
        Place = error.Place,
        Position = error.Position,
        First = now,
        Last = now,
        Form = error.Form,
        Raw = error.Raw,
        RawLength = error.RawLength,
        Fields = error.Fields,
        Key = error.Key,
        Headers = error.Headers,
        Context = error.Context,
    };
}
