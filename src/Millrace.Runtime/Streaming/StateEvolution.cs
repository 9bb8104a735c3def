using Millrace.Sql.Streaming;
using SavedPart = Millrace.Sql.Streaming.StageState;

namespace Millrace.Runtime.Streaming;

/// <summary>What becomes of a part of saved state.</summary>
internal enum StateFate
{
    /// <summary>It is taken over.</summary>
    Kept,

    /// <summary>It is new, and begins with nothing.</summary>
    New,

    /// <summary>The query has no such part any more.</summary>
    Dropped,

    /// <summary>It fits, and was made of rows that other steps let through than those that do so now.</summary>
    OfOtherRows,

    /// <summary>It means something else now.</summary>
    Changed,
}

/// <summary>What becomes of a part of saved state.</summary>
/// <param name="Id">The part.</param>
/// <param name="Fate">What becomes of it.</param>
/// <param name="Steps">Where the steps before it have changed, what they were and are; else empty.</param>
internal readonly record struct PartFate(string Id, StateFate Fate, string Steps = "");

/// <summary>How the saved state of a query fits the query as it is now.</summary>
/// <param name="Parts">What becomes of each part.</param>
/// <param name="HasOtherResult">Whether something else is done now with what the parts give.</param>
internal sealed record StateEvolution(IReadOnlyList<PartFate> Parts, bool HasOtherResult)
{
    /// <summary>Whether nothing has changed.</summary>
    public bool IsExact => !HasOtherResult && Parts.All(p => p.Fate == StateFate.Kept);

    /// <summary>Compares.</summary>
    /// <param name="saved">What was saved.</param>
    /// <param name="now">What the query keeps as it is now.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="onChange">What the job says.</param>
    public static StateEvolution Of(StateManifest saved, StateManifest now, StreamPlan plan, ChangedState onChange)
    {
        bool isSame = saved.Statement is not null && saved.Statement == now.Statement;
        Dictionary<string, PartFate> fates = now.Parts.ToDictionary(p => p.Id, p => FateOf(saved.Find(p.Id), p, plan, isSame, onChange), StringComparer.Ordinal);
        foreach (SavedPart behind in BehindChanges(plan, fates).Where(p => fates[p.Id].Fate is StateFate.Kept or StateFate.OfOtherRows))
        {
            // What it keeps was made of rows that nobody takes back any more.
            fates[behind.Id] = fates[behind.Id] with { Fate = StateFate.Changed };
        }

        return new(
            [.. now.Parts.Select(p => fates[p.Id]), .. saved.Parts.Where(p => now.Find(p.Id) is null).Select(p => new PartFate(p.Id, StateFate.Dropped))],
            !isSame && saved.LastSteps is not null && saved.LastSteps != now.LastSteps);
    }

    /// <summary>Whether the state of a part is taken over.</summary>
    public bool Keeps(string id) => Parts.Any(p => p.Id == id && p.Fate is StateFate.Kept or StateFate.OfOtherRows);

    /// <summary>Throws if the change is not to be.</summary>
    /// <param name="onChange">What the job says.</param>
    /// <param name="note">Gets a remark for people.</param>
    public void Accept(ChangedState onChange, Action<string> note)
    {
        if (IsExact)
        {
            return;
        }

        string table = string.Join("; ", Parts.OrderBy(p => p.Fate).Select(p => $"{p.Id} {Words(p.Fate, onChange)}{p.Steps}"));
        if (HasOtherResult)
        {
            table += "; what is made of them is other than before, and rows that were given stay as they are";
        }

        if (Parts.Any(p => IsRefused(p.Fate, onChange)))
        {
            throw StreamingErrors.StateChanged.Error($"The query is not the one whose state was saved: {table}. Nothing was touched.");
        }

        note($"the query was changed: {table}");
    }

    private static IEnumerable<SavedPart> BehindChanges(StreamPlan plan, Dictionary<string, PartFate> fates)
    {
        var changed = new HashSet<StagePlan>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < plan.Stages.Count; i++)
        {
            bool behind = plan.Stages[i].Inputs.Any(input => changed.Contains(input.Stage));
            SavedPart? part = plan.States[i];
            if (behind || (part is not null && fates[part.Id].Fate == StateFate.Changed))
            {
                changed.Add(plan.Stages[i]);
            }

            if (behind && part is not null)
            {
                yield return part;
            }
        }
    }

    private static PartFate FateOf(SavedPart? old, SavedPart now, StreamPlan plan, bool isSame, ChangedState onChange)
    {
        if (old is null || !Fits(old, now))
        {
            return new PartFate(now.Id, old is null ? StateFate.New : StateFate.Changed);
        }

        if (isSame || old.Steps is null || old.Steps == now.Steps)
        {
            return new PartFate(now.Id, StateFate.Kept);
        }

        // Rows that one condition let in another would not let out again.
        bool takesBack = plan.Stages[plan.States.ToList().FindIndex(s => s?.Id == now.Id)].Inputs.Any(i => i.Stage.IsChanges);
        bool canKeep = onChange != ChangedState.Rebuild && !takesBack;
        return new PartFate(now.Id, canKeep ? StateFate.OfOtherRows : StateFate.Changed, $" (takes rows of [{now.Steps}], and took those of [{old.Steps}])");
    }

    private static bool IsRefused(StateFate fate, ChangedState onChange) => fate switch
    {
        StateFate.Changed => onChange != ChangedState.Rebuild,
        StateFate.OfOtherRows => onChange == ChangedState.Refuse,
        _ => false,
    };

    private static string Words(StateFate fate, ChangedState onChange) => fate switch
    {
        StateFate.Kept => "is kept",
        StateFate.New => "is new and begins with nothing",
        StateFate.Dropped => "is dropped",
        StateFate.OfOtherRows when onChange == ChangedState.Keep => "is kept as it is, made of rows from before the change",
        StateFate.OfOtherRows => "fits, but the steps before it are others (refused)",
        _ => onChange == ChangedState.Rebuild ? "begins with nothing" : "does not fit (refused)",
    };

    private static bool Fits(SavedPart old, SavedPart now)
        => old.Signature == now.Signature
            && old.Tables.Count == now.Tables.Count
            && old.Tables.Zip(now.Tables).All(t => t.First.Name == t.Second.Name && Same(t.First.Schema, t.Second.Schema) && t.First.Keys.SequenceEqual(t.Second.Keys) && t.First.Identity.SequenceEqual(t.Second.Identity));

    private static bool Same(Columnar.Schema old, Columnar.Schema now)
        => old.Fields.Select(f => f.Type.ToString()).SequenceEqual(now.Fields.Select(f => f.Type.ToString()));
}
