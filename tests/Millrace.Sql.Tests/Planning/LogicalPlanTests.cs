using Millrace.Sql.Tests.Binding;

namespace Millrace.Sql.Tests.Planning;

/// <summary>What binding and the rules make of typical queries.</summary>
public class LogicalPlanTests
{
    [Fact]
    public void Conditions_reach_the_scan_which_reads_only_what_is_used() => Is(
        "SELECT a, b + 1 AS c FROM (SELECT * FROM t) q WHERE b > 3 AND 'x' = s",
        """
        project a, c = (b + 1)
          filter ((b > 3) and (s = 'x'))
            scan t [a, b, s] where (b > 3) and (s = 'x')
        """);

    [Fact]
    public void A_condition_in_where_becomes_the_condition_of_the_join() => Is(
        "SELECT t.a, u.name FROM t, u WHERE t.a = u.a AND u.b = 2 AND t.b < 7",
        """
        project a, name
          inner join on (a = a)
            filter (b < 7)
              scan t [a, b] where (b < 7)
            filter (b = 2)
              scan u [a, b, name] where (b = 2)
        """);

    [Fact]
    public void A_constant_goes_over_to_the_column_that_it_is_compared_with() => Is(
        "SELECT count(*) FROM t JOIN u ON t.a = u.a WHERE t.a = 5",
        """
        project count
          aggregate count = count(*)
            inner join on (a = a)
              filter (a = 5)
                scan t [a] where (a = 5)
              filter (a = 5)
                scan u [a] where (a = 5)
        """);

    [Fact]
    public void What_all_branches_of_an_or_have_in_common_is_the_condition_of_the_join() => Is(
        "SELECT t.s FROM t, u WHERE (t.a = u.a AND t.b = 1 AND u.name = 'x') OR (u.b > 5 AND t.a = u.a AND t.b = 2)",
        """
        project s
          inner join on ((a = a) and (((b = 1) and (name = 'x')) or ((b > 5) and (b = 2))))
            filter ((b = 1) or (b = 2))
              scan t [a, b, s]
            filter ((name = 'x') or (b > 5))
              scan u [a, b, name]
        """);

    [Fact]
    public void A_condition_that_a_branch_of_an_or_guards_stays_in_it() => Is(
        "SELECT a FROM t WHERE (b <> 0 AND 10 / b = 1) OR (a > 1 AND 10 / b = 1)",
        """
        project a
          filter (((b <> 0) and ((10 / b) = 1)) or ((a > 1) and ((10 / b) = 1)))
            scan t [a, b]
        """);

    [Theory]
    [InlineData("day < DATE '2024-01-01' + INTERVAL '1' MONTH", "(day < '2024-02-01')")]
    [InlineData("day <= TIMESTAMP '2024-01-01 12:00:00'", "(day <= '2024-01-01')")]
    [InlineData("day < TIMESTAMP '2024-01-01 12:00:00'", "(day <= '2024-01-01')")]
    [InlineData("day >= TIMESTAMP '2024-01-01 12:00:00'", "(day > '2024-01-01')")]
    [InlineData("day > TIMESTAMP '1960-01-01 12:00:00'", "(day > '1960-01-01')")]
    [InlineData("TIMESTAMP '1960-01-01 00:00:00' > day", "(day < '1960-01-01')")]
    [InlineData("day = TIMESTAMP '2024-01-01 00:00:00'", "(day = '2024-01-01')")]
    public void A_date_that_is_compared_with_a_timestamp_is_compared_with_its_day(string condition, string expected) => Is(
        $"SELECT a FROM t WHERE {condition}",
        $"""
        project a
          filter {expected}
            scan t [a, day] where {expected}
        """);

    [Fact]
    public void An_outer_join_whose_nulls_are_rejected_is_an_inner_one() => Is(
        "SELECT t.a FROM t LEFT JOIN u ON t.a = u.a WHERE u.b > 1",
        """
        project a
          inner join on (a = a)
            scan t [a]
            filter (b > 1)
              scan u [a, b] where (b > 1)
        """);

    [Fact]
    public void An_outer_join_stays_where_nulls_are_asked_for() => Is(
        "SELECT t.a FROM t LEFT JOIN u ON t.a = u.a AND u.b > 1 AND t.b > 2 WHERE u.name IS NULL",
        """
        project a
          filter name is null
            left join on ((a = a) and (b > 2))
              scan t [a, b]
              filter (b > 1)
                scan u [a, b, name] where (b > 1)
        """);

    [Fact]
    public void The_larger_table_is_read_and_the_smaller_ones_are_kept() => Is(
        "SELECT n.title, sum(o.amount) FROM countries n JOIN customers c ON n.code = c.country JOIN orders o ON o.customer = c.id GROUP BY n.title",
        """
        project title, sum
          aggregate sum = sum(amount) by title
            project title, amount
              inner join on (code = country)
                inner join on (customer = id)
                  scan orders [customer, amount]
                  scan customers [id, country]
                scan countries [code, title]
        """);

    [Fact]
    public void A_condition_on_a_key_goes_below_the_grouping() => Is(
        "SELECT s, c FROM (SELECT s, count(*) AS c FROM t GROUP BY s) q WHERE s = 'x' AND c > 1",
        """
        project s, c = count
          filter (count > 1)
            aggregate count = count(*) by s
              filter (s = 'x')
                scan t [s] where (s = 'x')
        """);

    [Fact]
    public void A_condition_on_the_partition_goes_below_the_window() => Is(
        "SELECT * FROM (SELECT a, s, row_number() OVER (PARTITION BY s ORDER BY a DESC) AS n FROM t) q WHERE s = 'x' AND n <= 2",
        """
        project a, s, n = row_number
          filter (row_number <= 2)
            window row_number = row_number() partition by s order by a desc
              filter (s = 'x')
                scan t [a, s] where (s = 'x')
        """);

    [Fact]
    public void A_condition_goes_into_every_part_of_a_union() => Is(
        "SELECT a FROM (SELECT a, b FROM t UNION ALL SELECT a, b FROM u) q WHERE b = 1",
        """
        project a
          union all
            project a
              filter (b = 1)
                scan t [a, b] where (b = 1)
            project a
              filter (b = 1)
                scan u [a, b] where (b = 1)
        """);

    [Fact]
    public void A_limit_reaches_the_scan() => Is(
        "SELECT a + 1 AS x FROM t LIMIT 10 OFFSET 5",
        """
        project x = (a + 1)
          limit 10 offset 5
            scan t [a] limit 15
        """);

    [Fact]
    public void Calls_with_equal_windows_share_one() => Is(
        "SELECT sum(a) OVER w, count(*) OVER w, rank() OVER (ORDER BY b) FROM t WINDOW w AS (PARTITION BY s)",
        """
        project sum, count, rank
          window rank = rank() order by b
            window sum = sum(a), count = count(*) partition by s
              scan t [a, b, s]
        """);

    [Fact]
    public void In_is_a_semi_join_and_not_in_a_mark_join_where_there_are_nulls() => Is(
        "SELECT a FROM t WHERE a IN (SELECT a FROM v) AND b NOT IN (SELECT b FROM u) AND a NOT IN (SELECT a FROM u)",
        """
        project a
          anti join on (a = a)
            filter not mark
              mark join on (b = b)
                semi join on (a = a)
                  scan t [a, b]
                  scan v [a]
                scan u [b]
            scan u [a]
        """);

    [Fact]
    public void A_correlated_sum_is_grouped_once_and_joined() => Is(
        "SELECT a, (SELECT sum(b) FROM u WHERE u.a = t.a) AS total FROM t",
        """
        project a, total = sum
          left join on (a = a)
            scan t [a]
            aggregate sum = sum(b) by a
              scan u [a, b]
        """);

    [Fact]
    public void A_correlated_count_of_no_rows_is_zero() => Is(
        "SELECT a, (SELECT count(*) FROM u WHERE u.a = t.a) AS n FROM t",
        """
        project a, n = case when a is not null then count else 0 end
          left join on (a = a)
            scan t [a]
            aggregate count = count(*) by a
              scan u [a]
        """);

    [Fact]
    public void An_unequal_correlation_goes_over_the_values_of_the_outer_column() => Is(
        "SELECT a, (SELECT count(*) FROM u WHERE u.b < t.b) AS n FROM t",
        """
        project a, n = count
          single join on (b is not distinct from b)
            scan t [a, b]
            project count, b
              aggregate count = count(*) filter (where match is not null) by b
                left join on (b is not distinct from b)
                  distinct b
                    project b
                      scan t [b]
                  project b, match = true
                    inner join on (b < b)
                      distinct b
                        project b
                          scan t [b]
                      scan u [b]
        """);

    [Fact]
    public void A_lateral_array_is_unnested_in_place() => Is(
        "SELECT o.id, i.sku FROM orders o CROSS JOIN unnest(o.items) AS i WHERE i.n > 1 AND o.id = 7",
        """
        project id, sku = unnest.sku
          filter (unnest.n > 1)
            unnest items
              filter (id = 7)
                scan orders [id, items] where (id = 7)
        """);

    [Fact]
    public void What_is_constant_is_computed_and_what_is_never_true_reads_nothing() => Is(
        "SELECT a FROM t WHERE b > 2 * 3 + 1 AND (1 = 1 OR a = 2) UNION ALL SELECT a FROM u WHERE 1 = 2",
        """
        union all
          project a
            filter (b > 7)
              scan t [a, b] where (b > 7)
          project a
            values [a] 0 rows
        """);

    [Fact]
    public void The_window_clause_adds_the_bounds_to_the_keys() => Is(
        "SELECT k, window_start, count(*) FROM events WINDOW TUMBLING(1m) GROUP BY k",
        """
        project k, window_start, count
          aggregate count = count(*) by k, window_start, window_end
            tumble windows of _event_time, 'PT1M'
              scan events [k, _event_time]
        """);

    [Fact]
    public void Grouping_sets_are_numbers_of_keys() => Is(
        "SELECT s, a, count(*), GROUPING(s) FROM t GROUP BY ROLLUP (s, a)",
        """
        project s, a, count, grouping = case when (grouping_id = 0) then 0 when (grouping_id = 1) then 0 else 1 end
          aggregate count = count(*) by s, a sets (s, a), (s), ()
            scan t [a, s]
        """);

    [Fact]
    public void A_sort_key_that_is_not_selected_is_dropped_behind_the_sort() => Is(
        "SELECT a FROM t ORDER BY b DESC LIMIT 3",
        """
        project a
          limit 3
            sort key desc
              project a, key = b
                scan t [a, b]
        """);

    [Fact]
    public void Nearest_matches_have_the_inequality_last() => Is(
        "SELECT t.a, u.b FROM t ASOF JOIN u ON u.b <= t.b AND t.a = u.a",
        """
        project a, b
          asof join on ((a = a) and (b >= b))
            scan t [a, b]
            scan u [a, b]
        """);

    private static void Is(string sql, string plan)
        => Assert.Equal(plan, PlanKit.Plan(sql), ignoreLineEndingDifferences: true);
}
