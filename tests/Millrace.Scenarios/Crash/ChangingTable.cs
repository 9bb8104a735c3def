using System.Globalization;

namespace Millrace.Scenarios.Crash;

/// <summary>
/// A table that is written to all the time. Every transaction moves some of what the rows hold from one to another, so that whoever shows half of one
/// has another sum.
/// </summary>
/// <param name="server">Where it is.</param>
internal abstract class ChangingTable(DatabaseTestServer server)
{
    private const int Rows = 3000;
    private const int Held = 100;

    /// <summary>What all rows hold together, at any time.</summary>
    public static string Sum { get; } = (Rows * Held).ToString(CultureInfo.InvariantCulture);

    /// <summary>Where it is.</summary>
    protected DatabaseTestServer Server => server;

    public string Database { get; } = server.NewDatabase();

    /// <summary>The source of a job that reads its changes.</summary>
    public abstract string Source { get; }

    public void Create() => Sql(Creation(Rows, Held));

    /// <summary>Writes until it is stopped, or the server is gone.</summary>
    public void Write(Random random, CancellationToken stop) => Write(random, server, stop);

    /// <summary>As <see cref="Write(Random, CancellationToken)"/>, on a server that has taken the place of its own.</summary>
    public void Write(Random random, DatabaseTestServer on, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            IEnumerable<string> statements = Enumerable.Range(0, random.Next(1, 40)).Select(_ => Statement(random, random.Next(1, Rows + 500), random.Next(1, Rows + 500)));
            on.Sql(Database, $"{Before(random)}BEGIN; {string.Join("; ", statements)}; {(random.Next(8) == 0 ? "ROLLBACK" : "COMMIT")}");
        }
    }

    /// <summary>Key, number and text of every row.</summary>
    public abstract string[] All();

    /// <summary>What has to be true of the server at the end.</summary>
    public virtual void Check()
    {
    }

    /// <summary>Takes away what a job leaves on the server.</summary>
    public virtual void Clean()
    {
    }

    protected string Sql(string sql) => server.Sql(Database, sql);

    protected abstract string Creation(int rows, int held);

    protected virtual string Before(Random random) => "";

    /// <summary>A statement that changes something, but for what all rows hold together.</summary>
    protected abstract string Statement(Random random, int id, int other);
}
