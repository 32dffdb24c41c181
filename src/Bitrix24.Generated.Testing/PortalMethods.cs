using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Testing;

/// <summary>Executes the methods of a simulated portal, alone or in a batch.</summary>
internal sealed partial class PortalMethods(SimulatedPortalOptions options, CallListMethods callLists, ExecutionTime executionTime)
{
    private const int MaxCommands = 50;

    private static readonly PortalError BatchLengthError = new(400, "ERROR_BATCH_LENGTH_EXCEEDED", "Max batch length exceeded");
    private static readonly PortalError BatchInBatchError =
        new(405, "ERROR_BATCH_METHOD_NOT_ALLOWED", "Method is not allowed for batch usage");

    private static readonly PortalError TimeLimitError = new(429, "OPERATION_TIME_LIMIT", "Method is blocked due to operation time limit.");

    private readonly ConcurrentDictionary<string, Func<JObject, object?>> added = new(StringComparer.OrdinalIgnoreCase);

    internal void Add(string method, Func<JObject, object?> answer) => added[method] = answer;

    /// <returns>The body of the response, or a <see cref="PortalError"/>.</returns>
    internal async Task<object> CallAsync(
        Caller caller, string method, JObject parameters, DateTimeOffset start, CancellationToken stopping)
    {
        method = method.ToLowerInvariant();
        if (executionTime.IsUsedUp(caller, method))
        {
            return TimeLimitError;
        }

        var begun = options.TimeProvider.GetUtcNow();
        if (method == "batch")
        {
            var (result, used) = await BatchAsync(caller, parameters, stopping).ConfigureAwait(false);
            return new JObject { ["result"] = result, ["time"] = executionTime.BatchBlock(start, begun, caller, used) };
        }

        var response = await RunAsync(caller, method, parameters, stopping).ConfigureAwait(false);
        if (response.PortalError is { } error)
        {
            return error;
        }

        var answer = new JObject { ["result"] = (JToken)response.Result! };
        if (response.Next is { } next)
        {
            answer["next"] = next;
        }

        if (response.Total is { } total)
        {
            answer["total"] = total;
        }

        answer["time"] = executionTime.Block(start, begun, caller, method);
        return answer;
    }

    private async Task<(JObject Result, double Used)> BatchAsync(Caller caller, JObject parameters, CancellationToken stopping)
    {
        var used = 0.0;
        var (results, errors, totals, nexts, times) = (new JObject(), new JObject(), new JObject(), new JObject(), new JObject());
        var known = new JObject
        {
            ["result"] = results, ["error"] = errors, ["total"] = totals, ["next"] = nexts, ["time"] = times,
        };
        var named = new MethodParameters(parameters);
        var halts = named.Text("halt") is "1" or "True" or "true";
        foreach (var (key, command) in Commands(named["cmd"]))
        {
            var parts = command.Split('?', 2);
            var method = parts[0].ToLowerInvariant();
            var arguments = ReplaceReferences(PhpQuery.Decode(parts.Length == 2 ? parts[1] : string.Empty), known);
            var begun = options.TimeProvider.GetUtcNow();
            var refusal = results.Count + errors.Count >= MaxCommands ? BatchLengthError
                : method == "batch" ? BatchInBatchError
                : executionTime.IsUsedUp(caller, method) ? TimeLimitError
                : null;
            var response = refusal is null
                ? await RunAsync(caller, method, arguments, stopping).ConfigureAwait(false)
                : refusal.ToResponse();
            if (response.PortalError is { } error)
            {
                errors[key] = new JObject { ["error"] = error.Code, ["error_description"] = error.Description };
                if (halts)
                {
                    break;
                }

                continue;
            }

            results[key] = (JToken)response.Result!;
            times[key] = executionTime.CommandBlock(begun, begun, ref used);
            if (response.Total is { } total)
            {
                totals[key] = total;
            }

            if (response.Next is { } next)
            {
                nexts[key] = next;
            }
        }

        var result = new JObject
        {
            ["result"] = PhpQuery.AsPhp(results),
            ["result_error"] = PhpQuery.AsPhp(errors),
            ["result_total"] = PhpQuery.AsPhp(totals),
            ["result_next"] = PhpQuery.AsPhp(nexts),
            ["result_time"] = PhpQuery.AsPhp(times),
        };
        return (result, used);
    }

    /// <returns>An error, or a response whose result is JSON.</returns>
    private async Task<SimulatedResponse> RunAsync(Caller caller, string method, JObject parameters, CancellationToken stopping)
    {
        var response = Run(caller, method, parameters);
        if (response.Delay > TimeSpan.Zero)
        {
            await Task.Delay(response.Delay, options.TimeProvider, stopping).ConfigureAwait(false);
        }

        return response;
    }

    private SimulatedResponse Run(Caller caller, string method, JObject parameters)
    {
        try
        {
            var outcome = added.TryGetValue(method, out var answer)
                ? answer(parameters)
                : Run(caller, method, new MethodParameters(parameters));
            return outcome switch
            {
                PortalError error when options.LegacyErrors && method.StartsWith("crm.calllist.", StringComparison.Ordinal) =>
                    LegacyErrors.Of(error).ToResponse(),
                PortalError error => error.ToResponse(),
                SimulatedResponse response => response with { Result = PortalJson.ToToken(response.Result) },
                _ => new SimulatedResponse { Result = PortalJson.ToToken(outcome) },
            };
        }
        catch (Exception exception)
        {
            return new PortalError(500, "INTERNAL_SERVER_ERROR", exception.Message).ToResponse();
        }
    }

    private object Run(Caller caller, string method, MethodParameters parameters) => method switch
    {
        "crm.calllist.add" => callLists.Add(caller, parameters),
        "crm.calllist.get" => callLists.Get(parameters),
        "crm.calllist.list" => callLists.List(parameters),
        "crm.calllist.items.get" => callLists.Items(caller, parameters),
        "crm.calllist.statuslist" => CallListMethods.StatusList(),
        "crm.calllist.update" => callLists.Update(caller, parameters),
        "user.current" => BasicMethods.CurrentUser(caller),
        "profile" => BasicMethods.Profile(caller),
        "server.time" => BasicMethods.ServerTime(options.TimeProvider),
        "scope" => BasicMethods.Scopes(),
        "methods" => BasicMethods.Methods(parameters),
        "department.get" => BasicMethods.Departments(parameters),
        "app.info" => BasicMethods.Application(),
        _ => new PortalError(404, "ERROR_METHOD_NOT_FOUND", "Method not found!"),
    };

    private static IEnumerable<(string Key, string Command)> Commands(JToken? commands) => commands switch
    {
        JObject map => map.Properties().Select(command => (command.Name, command.Value.ToString())),
        JArray list => list.Select((command, index) => (index.ToString(CultureInfo.InvariantCulture), command.ToString())),
        _ => [],
    };

    /// <summary>
    /// Replaces <c>$result[key][field]</c> and the like with results of earlier commands. There is no way to escape such a text.
    /// </summary>
    private static JObject ReplaceReferences(JObject parameters, JObject known)
    {
        foreach (var text in parameters.Descendants().OfType<JValue>().Where(value => value.Type == JTokenType.String).ToList())
        {
            text.Replace(ReplaceReferences((string)text.Value!, known));
        }

        return parameters;
    }

    /// <returns>The text with replaced references. If the whole text is one reference, the value keeps its type.</returns>
    private static JToken ReplaceReferences(string text, JObject known)
    {
        var replaced = text;
        foreach (Match reference in Reference().Matches(text))
        {
            var path = Key().Matches(reference.Groups["path"].Value).Select(key => key.Groups["key"].Value).ToList();
            var found = path.Count > 0 ? Find(known[reference.Groups["word"].Value], path) : null;
            if (path.Count > 0 && reference.Value == text)
            {
                return found?.DeepClone() ?? JValue.CreateNull();
            }

            if (found is JValue { Value: string or long or double })
            {
                replaced = replaced.Replace(reference.Value, found.ToString(), StringComparison.Ordinal);
            }
        }

        return replaced;
    }

    /// <summary>Follows a path. Like a real portal, it returns the last value that it finds.</summary>
    private static JToken? Find(JToken? found, List<string> path)
    {
        foreach (var key in path)
        {
            var next = found switch
            {
                JObject map => map[key],
                JArray list when int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Count =>
                    list[index],
                _ => null,
            };
            if (next is null or { Type: JTokenType.Null })
            {
                break;
            }

            found = next;
        }

        return found;
    }

    [GeneratedRegex(
        @"\$(?<word>result|error|total|next|time)(?<path>[^ \t-\r]*)",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Reference();

    [GeneratedRegex(@"\[(?<key>[^\]]+)\]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Key();
}
