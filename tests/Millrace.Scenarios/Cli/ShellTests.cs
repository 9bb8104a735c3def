namespace Millrace.Scenarios.Cli;

/// <summary>The shell as a person sees it: the program itself on a terminal.</summary>
public sealed class ShellTests : IDisposable
{
    private const string Prompt = "millrace> ";

    // Columns of a line behind the prompt.
    private const int Room = 120 - 10 - 1;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Statements_take_several_lines_and_ctrl_d_leaves()
    {
        using PseudoTerminal shell = await OpenAsync();
        shell.Type("SELECT 40 + 2" + PseudoTerminal.Enter);
        await shell.SeeAsync("...> ");
        shell.Type("  AS answer;" + PseudoTerminal.Enter);
        await shell.SeeAsync("answer");
        await shell.SeeAsync("42");
        await shell.SeeAsync(Prompt);
        shell.Type(PseudoTerminal.CtrlD);
        await shell.EndAsync();
        Assert.Equal(0, shell.ExitCode);
    }

    [Fact]
    public async Task Tab_completes_keywords_tables_functions_and_files()
    {
        await File.WriteAllTextAsync(_folder["measured.csv"], "id\n17\n", TestContext.Current.CancellationToken);
        using PseudoTerminal shell = await OpenAsync();
        await RunAsync(shell, "CREATE VIEW my_numbers AS SELECT 1 AS n;", "view my_numbers");
        shell.Type("SEL\t");
        await shell.SeeAsync(Prompt + "SELECT ");
        shell.Type("date_tr\t");
        await shell.SeeAsync("SELECT date_trunc(");
        shell.Type("'year', DATE '2024-05-06') AS y FROM my_n\t");
        await shell.SeeAsync("FROM my_numbers ");
        shell.Type(";" + PseudoTerminal.Enter);
        await shell.SeeAsync("2024-01-01");
        await shell.SeeAsync(Prompt);
        shell.Type("SELECT id FROM 'mea\t");
        await shell.SeeAsync("FROM 'measured.csv' ");
        shell.Type(";" + PseudoTerminal.Enter);
        await shell.SeeAsync("17");

        // Where several go on, they are listed.
        await shell.SeeAsync(Prompt);
        shell.Type("EXPLAI\t");
        await shell.SeeAsync("EXPLAIN");
        shell.Type("\t");
        await shell.SeeAsync("EXPLAIN  EXPLAIN ANALYZE");
    }

    [Fact]
    public async Task Earlier_statements_come_back_also_in_the_next_session()
    {
        using (PseudoTerminal shell = await OpenAsync())
        {
            await RunAsync(shell, "SELECT 'a' || 'bc' AS t;", "abc");
            await RunAsync(shell, "SELECT 'd' || 'ef' AS t;", "def");
            shell.Type(PseudoTerminal.Up + PseudoTerminal.Up);
            await shell.SeeAsync(Prompt + "SELECT 'a' || 'bc' AS t;");
            shell.Type(PseudoTerminal.Enter);
            await shell.SeeAsync("abc");
            await shell.SeeAsync(Prompt);
            shell.Type(PseudoTerminal.CtrlD);
            await shell.EndAsync();
        }

        using PseudoTerminal next = await OpenAsync();
        next.Type(PseudoTerminal.Up + PseudoTerminal.Up);
        await next.SeeAsync(Prompt + "SELECT 'd' || 'ef' AS t;");
    }

    [Fact]
    public async Task Commands_list_describe_and_time()
    {
        using PseudoTerminal shell = await OpenAsync();
        await RunAsync(shell, "CREATE VIEW my_numbers AS SELECT 1 AS n;", "view my_numbers");
        await RunAsync(shell, "\\d", "my_numbers");
        await RunAsync(shell, "\\d my_numbers", "integer");
        await RunAsync(shell, "\\timing", "timing is on");
        await RunAsync(shell, "SELECT 5 * 5;", "time: ");
        await RunAsync(shell, "\\nonsense", "There is no command \\nonsense");
        shell.Type("\\q" + PseudoTerminal.Enter);
        await shell.EndAsync();
        Assert.Equal(0, shell.ExitCode);
    }

    [Fact]
    public async Task Ctrl_c_gives_up_what_is_being_entered()
    {
        using PseudoTerminal shell = await OpenAsync();
        shell.Type("SELECT 1 +" + PseudoTerminal.Enter);
        await shell.SeeAsync("...> ");
        shell.Type("nonsense");
        await shell.SeeAsync("...> nonsense");
        await PressCtrlCAsync(shell, "^C\r\n\r\u001b[K" + Prompt);
        await RunAsync(shell, "SELECT 6 * 7 AS answer;", "42");
    }

    [Theory]
    [InlineData("SELECT count(*) FROM generate_series(1, 100000000000) AS a(x) WHERE x % 3 = 7;")]
    [InlineData("SELECT count(*) FROM generate_series(1, 100000) AS a(x) JOIN generate_series(1, 1000000) AS b(y) ON x * y < 0;")]
    [InlineData("SELECT count(*) FROM generate_series(1, 100000) AS a(x) WHERE repeat('ab', 100000) ~ ('(ab|ba)+y' || x);")]
    [InlineData("SELECT max(n) FROM (SELECT count(DISTINCT x % 1000) OVER (ORDER BY x ROWS BETWEEN 40000 PRECEDING AND 40000 FOLLOWING) AS n FROM generate_series(1, 100000) AS a(x)) AS t;")]
    [InlineData("SELECT max(length(t)) FROM (SELECT string_agg(x::varchar, '') OVER (ORDER BY x ROWS BETWEEN 9000 PRECEDING AND 9000 FOLLOWING) AS t FROM generate_series(1, 100000) AS a(x)) AS t;")]
    public async Task Ctrl_c_stops_the_query_and_not_the_shell(string sql)
    {
        using PseudoTerminal shell = await OpenAsync();
        shell.Type(sql);
        string drawn = "\u001b[K" + Prompt + (sql.Length > Room ? sql[^Room..] : sql);
        await shell.SeeAsync(drawn);
        shell.Type(PseudoTerminal.Enter);
        await shell.SeeAsync(drawn + "\r\n");
        await PressCtrlCAsync(shell, "stopped");
        await RunAsync(shell, "SELECT 6 * 7 AS answer;", "42");
        shell.Type(PseudoTerminal.CtrlD);
        await shell.EndAsync();
        Assert.Equal(0, shell.ExitCode);
    }

    private async Task<PseudoTerminal> OpenAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Terminals are made as Linux does.");
        PseudoTerminal shell = PseudoTerminal.Start(_folder.Path, "sql");
        await shell.SeeAsync(Prompt);
        return shell;
    }

    // Between two keys and before a statement has begun there is nothing to stop; a person would press it again.
    private static async Task PressCtrlCAsync(PseudoTerminal shell, string answer)
    {
        for (int presses = 0; presses < 100; presses++)
        {
            shell.Type(PseudoTerminal.CtrlC);
            if (await shell.SeesAsync(answer, TimeSpan.FromMilliseconds(500)))
            {
                return;
            }
        }

        Assert.Fail($"'{answer}' does not come. The screen:\n{shell.Screen}");
    }

    private static async Task RunAsync(PseudoTerminal shell, string statement, string shown)
    {
        shell.Type(statement + PseudoTerminal.Enter);

        // The line is drawn with each key; what the statement shows comes behind its last.
        await shell.SeeAsync(statement + "\r\n");
        await shell.SeeAsync(shown);
        await shell.SeeAsync(Prompt);
    }
}
