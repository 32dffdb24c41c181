using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace Bitrix24.Diagnostics;

/// <summary>
/// Records the activities and metrics of this package. They contain no secret, URL or body. A listener that fails does not affect the call.
/// </summary>
internal static class Telemetry
{
    /// <summary>The name of the activity source, the meter and the log category.</summary>
    internal const string Name = "Bitrix24.Generated";

    private const string System = "bitrix24";

    private static readonly ActivitySource Activities = new(Name);
    private static readonly Meter Meter = new(Name);

    // The default buckets of collectors have no bound below 5, because they assume milliseconds.
    private static readonly double[] Durations = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60];

    private static readonly Histogram<double> CallDuration =
        Seconds("bitrix24.client.call.duration", "The duration of calls, including all attempts and waits.", Durations);

    private static readonly Histogram<double> PortalDuration =
        Seconds("bitrix24.client.portal.duration", "The duration of calls as measured by the portal.", Durations);

    private static readonly Histogram<double> Operating = Seconds(
        "bitrix24.client.operating.used",
        "The execution time that a method has used in the last ten minutes.",
        [0.1, 0.5, 1, 5, 10, 30, 60, 120, 180, 240, 300, 360, 420, 480]);

    private static readonly Histogram<double> WaitDuration =
        Seconds("bitrix24.client.wait.duration", "The time that calls waited for a limit.", [.. Durations, 120, 300, 600]);

    private static readonly Counter<long> Retries =
        Meter.CreateCounter<long>("bitrix24.client.retries", "{retry}", "The number of attempts after the first one.");

    private static readonly Counter<long> TokenRefreshes =
        Meter.CreateCounter<long>("bitrix24.client.token.renewals", "{renewal}", "The number of access token refreshes.");

    internal static Activity? StartCall(string method, Uri portal) => NonThrowing.Invoke((method, portal), static call =>
    {
        var activity = Activities.StartActivity(call.method, ActivityKind.Client);
        if (activity is { IsAllDataRequested: true })
        {
            activity.SetTag("rpc.system", System);
            activity.SetTag("rpc.method", call.method);
            activity.SetTag("server.address", call.portal.Host);
            activity.SetTag("server.port", call.portal.Port);
        }

        return activity;
    });

    internal static void EndCall(Activity? activity) => NonThrowing.Invoke(activity, static activity => activity?.Dispose());

    internal static void Succeeded(Activity? activity, string method, TimeSpan duration, int attempts, ResponseTime? time) =>
        NonThrowing.Invoke((activity, method, duration, attempts, time), static call =>
        {
            call.activity?.SetTag("bitrix24.attempts", call.attempts);
            CallDuration.Record(call.duration.TotalSeconds, Method(call.method));
            if (call.time?.Duration is { } elapsed)
            {
                PortalDuration.Record(elapsed.TotalSeconds, Method(call.method));
            }

            if (call.time?.Operating is { } used)
            {
                Operating.Record(used.TotalSeconds, Method(call.method));
            }
        });

    internal static void Failed(Activity? call, TimeSpan elapsed, Bitrix24Exception failure) =>
        NonThrowing.Invoke((call, elapsed, failure), static state =>
        {
            var (activity, duration, exception) = state;
            var error = ErrorType(exception);
            if (activity is not null)
            {
                activity.SetTag("bitrix24.attempts", exception.Attempts);
                activity.SetTag("error.type", error);
                if (exception.StatusCode is { } status)
                {
                    activity.SetTag("http.response.status_code", (int)status);
                }

                activity.SetStatus(ActivityStatusCode.Error, exception.Message);
            }

            CallDuration.Record(duration.TotalSeconds, Method(exception.Method), Error(error));
        });

    internal static void Cancelled(Activity? activity, string method, TimeSpan duration, int attempts) =>
        NonThrowing.Invoke((activity, method, duration, attempts), static call =>
        {
            call.activity?.SetTag("bitrix24.attempts", call.attempts);
            call.activity?.SetTag("error.type", "cancelled");
            call.activity?.SetStatus(ActivityStatusCode.Error, "cancelled");
            CallDuration.Record(call.duration.TotalSeconds, Method(call.method), Error("cancelled"));
        });

    internal static void Waited(string method, TimeSpan duration) =>
        NonThrowing.Invoke((method, duration), static wait => WaitDuration.Record(wait.duration.TotalSeconds, Method(wait.method)));

    internal static void Retried(Bitrix24Exception failure) =>
        NonThrowing.Invoke(failure, static exception => Retries.Add(1, Method(exception.Method), Error(ErrorType(exception))));

    /// <summary>Counts a refresh of an access token. The names of the metric and of its outcomes are a contract with dashboards.</summary>
    internal static void Refreshed(bool succeeded) => NonThrowing.Invoke(
        succeeded,
        static succeeded => TokenRefreshes.Add(1, new KeyValuePair<string, object?>("outcome", succeeded ? "renewed" : "failed")));

    private static Histogram<double> Seconds(string name, string description, IReadOnlyList<double> bounds) =>
        Meter.CreateHistogram(name, "s", description, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });

    /// <summary>Returns a value of low cardinality: the code if it is known, else the status, else <c>transport</c>.</summary>
    private static string ErrorType(Bitrix24Exception exception) => exception switch
    {
        { ErrorCode: not Bitrix24ErrorCode.Unknown } => exception.ErrorCode.ToString(),
        { StatusCode: { } status } => ((int)status).ToString(CultureInfo.InvariantCulture),
        _ => "transport",
    };

    private static KeyValuePair<string, object?> Method(string method) => new("rpc.method", method);

    private static KeyValuePair<string, object?> Error(string error) => new("error.type", error);
}
