using Millrace.Runtime;
using Millrace.Runtime.Sql;
using Millrace.Sql.Parsing;

namespace Millrace.Cli;

/// <summary>The jobs of a file of statements, for commands about jobs: <c>totals.sql</c>, or <c>totals.sql#name</c> for one of several.</summary>
internal static class SqlJobFile
{
    public static bool IsOne(string path) => Split(path).File.EndsWith(".sql", StringComparison.OrdinalIgnoreCase);

    /// <summary>Folder in which the jobs of a file keep their state: beside it.</summary>
    public static string StateFolder(string file) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, ".millrace", "state");

    public static async Task<IReadOnlyList<Pipeline>> LoadAsync(string path, CancellationToken cancellation)
    {
        (string file, string? name) = Split(path);
        var script = new SourceText(TextFiles.Read(file, UsageErrors.BadFile), file);

        // The jobs use its settings and functions for as long as the program runs.
        var session = new SqlSession(Composition.Connectors, Directory.GetCurrentDirectory()) { StateFolder = StateFolder(file) };
        try
        {
            IReadOnlyList<Pipeline> jobs = await session.JobsOfAsync(SqlParser.ParseScript(script), cancellation).ConfigureAwait(false);
            Pipeline[] chosen = [.. jobs.Where(j => name is null || j.Job == name)];
            return chosen.Length > 0
                ? chosen
                : throw StateErrors.NoProgress.Error(name is null
                    ? $"No statement of '{file}' runs on."
                    : $"'{file}' has no job '{name}'{NearestName.Suggest(name, jobs.Select(j => j.Job))}.", ErrorPlace.InFile(file));
        }
        catch (MillraceException e)
        {
            throw script.Locate(e);
        }
    }

    private static (string File, string? Name) Split(string path)
    {
        int sharp = path.LastIndexOf('#');
        return sharp < 0 || File.Exists(path) ? (path, null) : (path[..sharp], path[(sharp + 1)..]);
    }
}
