#!/usr/bin/env bash
# Says what a pull request changes: one comment, updated in place. A token that may not write (a fork's) gets the same text
# into the job's summary.
set -euo pipefail

mark='<!-- seasonscale review -->'
file=$RUNNER_TEMP/seasonscale-review.md
cd "$FOLDER"
# A checkout of the whole history has the commit, and may have no credentials to fetch with.
git cat-file -e "$BASE^{commit}" 2>/dev/null || git fetch --quiet --depth 1 origin "$BASE"
{
  printf '%s\n' "$mark"
  seasonscale review --policies "$POLICIES" --against "$BASE" --format markdown
} >"$file"

comments=repos/$GITHUB_REPOSITORY/issues/$NUMBER/comments
own=".[] | select(.body | startswith(\"$mark\")) | .id"
if id=$(gh api --paginate "$comments" --jq "$own" 2>/dev/null | head -n 1); then
  if [ -n "$id" ]; then
    gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" --field "body=@$file" && exit 0
  else
    gh api --silent --method POST "$comments" --field "body=@$file" && exit 0
  fi
fi
printf '::notice::this token may not comment on the pull request: the review is in the summary of this job\n'
cat "$file" >>"$GITHUB_STEP_SUMMARY"
